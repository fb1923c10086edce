"""Which folder is whose, also while it is not there."""

import shutil
from pathlib import Path

import pytest

from services.ftp_ingest.watch.folders import Folder, Folders, is_left_alone, parse_folder
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import plan_of, until, watching


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("/srv/cams", Folder("/srv/cams", None)),
        ("porch=/srv/x", Folder("/srv/x", "porch")),
        ("/srv/a=b", Folder("/srv/a=b", None)),
        ("porch=/srv/a=b/", Folder("/srv/a=b", "porch")),
        ("/srv/./x/../y", Folder("/srv/y", None)),
    ],
)
def test_a_folder_is_given_with_or_without_a_camera(text: str, folder: Folder) -> None:
    """An = within the path is no camera."""
    assert parse_folder(text) == folder


@pytest.mark.parametrize("text", ["por ch=/srv", "=/srv", "porch=", "ä=/srv", "x" * 65 + "=/srv", " ", "a\0b"])
def test_what_is_neither_is_refused(text: str) -> None:
    """A name is one of a camera."""
    with pytest.raises(ValueError, match="expected DIR or CAMERA=DIR"):
        parse_folder(text)


def test_the_nearest_folder_counts_and_no_part_of_a_name() -> None:
    """Nested ones, neighbours whose names begin alike, and folders of our own."""
    folders = Folders(
        [Folder("/in", None), Folder("/in/porch/second", "porch2"), Folder("/in/por", "x")], ["/in/porch/done"]
    )
    expected = {
        "/in": None,
        "/in/porch": "porch",
        "/in/porch/2026/01": "porch",
        "/in/porch/second": "porch2",
        "/in/porch/second/deep": "porch2",
        "/in/porch/seconds": "porch",
        "/in/por": "x",
        "/in/Porch": "Porch",
        "/in/no name": None,
        "/in/porch/done/porch": None,
        "/input": None,
        "/": None,
    }
    assert {path: folders.camera_of(path) for path in expected} == expected
    assert folders.below_camera("/in/porch/2026/a.jpg") == "2026/a.jpg"
    assert folders.below_camera("/in/porch/second/b/a.jpg") == "b/a.jpg"


@pytest.mark.parametrize(("name", "alone"), [("a.jpg", False), (".a", True), ("a.PART", True), ("a~", True)])
def test_names_tell_what_is_not_finished(name: str, alone: bool) -> None:
    """Whatever their case."""
    assert is_left_alone(name) is alone


def test_first_level_folders_are_cameras(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Those that are there, those that come; others are named once, and nothing in them is taken."""
    home = tmp_path / "in"
    for name in ("porch/2026", "gar den"):
        (home / name).mkdir(parents=True)
    with watching(tmp_path, plan_of(str(home))) as rig:
        for number, name in enumerate(("top.jpg", "top2.jpg", "gar den/a.jpg", "porch/2026/a.jpg"), 1):
            (home / name).write_bytes(jpeg(number))
        (home / "yard").mkdir()
        (home / "yard" / "b.jpg").write_bytes(jpeg(5))
        until(lambda: len(rig.box.taken) == 2)
        assert rig.watch.cameras() == {"porch", "yard"}
    assert sorted(rig.box.taken) == [("porch", "2026/a.jpg", 4), ("yard", "b.jpg", 5)]
    assert rig.left() == {"no-camera": 2}
    assert len([line for line in caplog.messages if "expected" in line]) == 2


def test_nested_folders_keep_their_pictures_apart(tmp_path: Path) -> None:
    """Each file goes to one camera."""
    home = tmp_path / "in"
    (home / "porch" / "second").mkdir(parents=True)
    with watching(tmp_path, plan_of(str(home), f"porch2={home}/porch/second", existing=True)) as rig:
        (home / "porch" / "1.jpg").write_bytes(jpeg(1))
        (home / "porch" / "second" / "2.jpg").write_bytes(jpeg(2))
        until(lambda: len(rig.box.taken) == 2)
    assert sorted(rig.box.taken) == [("porch", "1.jpg", 1), ("porch2", "2.jpg", 2)]


@pytest.mark.parametrize("poll_s", [None, 0.1])
def test_a_folder_that_is_not_there_is_waited_for(
    tmp_path: Path, poll_s: float | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once; what comes with it is new, what lay in it longer is not."""
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "old.jpg").write_bytes(jpeg(1))
    with watching(tmp_path, plan_of(f"porch={tmp_path}/in", poll_s=poll_s)) as rig:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "new.jpg").write_bytes(jpeg(2))
        until(lambda: rig.box.taken)
    assert rig.box.numbers() == [2]
    assert len([line for line in caplog.messages if "waiting for it" in line]) == 1


@pytest.mark.parametrize("poll_s", [None, 0.1])
def test_a_folder_that_vanishes_and_comes_back_works_again(
    tmp_path: Path, poll_s: float | None, caplog: pytest.LogCaptureFixture
) -> None:
    """As another folder of that name, or as the same one: what was taken is not taken again."""
    home = tmp_path / "in"
    home.mkdir()

    def missed() -> int:
        return len([line for line in caplog.messages if "waiting for it" in line])

    with watching(tmp_path, plan_of(f"porch={home}", poll_s=poll_s)) as rig:
        (home / "1.jpg").write_bytes(jpeg(1))
        until(lambda: len(rig.box.taken) == 1)
        home.rename(tmp_path / "away")
        until(lambda: missed() == 1)
        (tmp_path / "away" / "2.jpg").write_bytes(jpeg(2))
        (tmp_path / "away").rename(home)
        until(lambda: len(rig.box.taken) == 2)
        shutil.rmtree(home)
        until(lambda: missed() == 2)
        home.mkdir()
        (home / "3.jpg").write_bytes(jpeg(3))
        until(lambda: len(rig.box.taken) == 3)
    assert rig.box.numbers() == [1, 2, 3]


@pytest.mark.parametrize("existing", [True, False])
def test_a_share_that_is_mounted_later_brings_old_files(tmp_path: Path, existing: bool) -> None:
    """They are taken on request only, as those that were there at the start; what came since is new."""
    home, share = tmp_path / "in", tmp_path / "share"
    home.mkdir()
    share.mkdir()
    (share / "old.jpg").write_bytes(jpeg(1))
    with watching(tmp_path, plan_of(f"porch={home}", existing=existing)) as rig:
        (share / "new.jpg").write_bytes(jpeg(2))
        home.rename(tmp_path / "below")
        share.rename(home)
        until(lambda: len(rig.box.taken) == 1 + existing)
    assert sorted(rig.box.numbers()) == ([1, 2] if existing else [2])
