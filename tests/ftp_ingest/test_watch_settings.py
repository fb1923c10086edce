"""The flags of watched folders, and what --check says of them."""

from pathlib import Path

import pytest

from libs.common.errors import FatalError, SettingsError
from services.ftp_ingest.watch.check import check_watch
from services.ftp_ingest.watch.folders import Folder
from services.ftp_ingest.watch_settings import WatchSettings
from tests.ftp_ingest.watch_rig import plan_of


def settings(**given: object) -> WatchSettings:
    return WatchSettings.model_validate(given)


def test_the_flags_make_a_plan(tmp_path: Path) -> None:
    """Links are followed once, at the start; our own folders are nobody's."""
    (tmp_path / "link").symlink_to(tmp_path / "in")
    found = settings(watch=[f"{tmp_path}/link", "porch=/srv/p"], after="move", move_to=tmp_path / "link" / "done")
    plan = found.watch_plan(5, tmp_path / "spool")
    assert plan.folders == (Folder(f"{tmp_path}/in", None), Folder("/srv/p", "porch"))
    assert plan.without == (tmp_path / "spool", tmp_path / "in" / "done")
    assert (plan.after, plan.move_to, plan.max_file_bytes) == ("move", tmp_path / "in" / "done", 5)


def test_one_folder_is_named_once_by_whatever_way(tmp_path: Path) -> None:
    """Two names for its pictures would be two cameras."""
    (tmp_path / "link").symlink_to(tmp_path / "in")
    with pytest.raises(SettingsError, match="expected each folder once"):
        settings(watch=[f"a={tmp_path}/in", f"b={tmp_path}/link/"]).need_work()


def test_our_own_folders_are_not_watched(tmp_path: Path) -> None:
    """What lies in the spool would come in again and again; that it lies in a watched one is no harm."""
    with pytest.raises(SettingsError, match="which is ours"):
        settings(watch=[f"a={tmp_path}/spool/in"]).need_other_folders(tmp_path / "spool")
    settings(watch=[f"a={tmp_path}"]).need_other_folders(tmp_path / "spool")


def test_check_says_what_is_there(tmp_path: Path) -> None:
    """A folder that is not there yet is waited for."""
    (tmp_path / "in").mkdir()
    plan = plan_of(f"porch={tmp_path}/in", f"{tmp_path}/later", after="move", move_to=tmp_path / "done")
    assert check_watch(plan) == [
        f"watch {tmp_path}/in: porch; can be written, afterwards: move",
        f"watch {tmp_path}/later: its folders are named like their cameras; not there yet, it is waited for",
        f"move-to {tmp_path}/done: can be written",
    ]
    assert not (tmp_path / "done").exists()


def test_check_finds_what_is_no_folder(tmp_path: Path) -> None:
    """A file, or one that may not be used."""
    (tmp_path / "file").touch()
    for plan in (plan_of(f"porch={tmp_path}/file"), plan_of(after="move", move_to=tmp_path / "file")):
        with pytest.raises(FatalError, match="expected a folder"):
            check_watch(plan)
