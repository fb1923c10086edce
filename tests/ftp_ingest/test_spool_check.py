"""What --check says of the spool and of pictures."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.common.errors import FatalError
from libs.common.lock import Lock
from services.ftp_ingest.pictures import pillow
from services.ftp_ingest.spool.check import check_spool
from services.ftp_ingest.spool.claim import LOCK
from services.ftp_ingest.spool_settings import SpoolSettings
from tests.ftp_ingest.spool_rig import spool_in, still


def test_it_tells_what_waits_and_disturbs_nobody(tmp_path: Path) -> None:
    """While another process has it."""
    with spool_in(tmp_path) as spool:
        spool.put(still())
        lines = check_spool(SpoolSettings(spool=spool.path, min_free=0))
    assert lines[0].startswith(f"spool {tmp_path / 'spool'}: can be written, ")
    assert lines[1] == f"spool {tmp_path / 'spool'}: 1 pictures wait in it"


def test_nothing_is_made(tmp_path: Path) -> None:
    """A folder that will be is looked at where it will be."""
    settings = SpoolSettings(spool=tmp_path / "a" / "b", keep=tmp_path / "kept", min_free=0)
    assert [line.partition(" ")[0] for line in check_spool(settings)] == ["spool", "keep", "spool", "pictures:"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_others_is_told(tmp_path: Path) -> None:
    """Before a start that would refuse it."""
    (tmp_path / "letter").touch()
    with pytest.raises(FatalError, match="expected an empty folder or a spool, 'letter' is in it"):
        check_spool(SpoolSettings(spool=tmp_path, min_free=0))


def test_a_start_waits_for_who_only_looks(tmp_path: Path) -> None:
    """The lock is taken for a moment to know whether it is free."""
    spool_in(tmp_path).close()
    looking = Lock(tmp_path / "spool" / LOCK)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(spool_in, tmp_path)
        with pytest.raises(TimeoutError):
            starting.result(0.1)
        looking.close()
        starting.result(10).close()


def test_a_disk_that_is_too_full_is_told(tmp_path: Path) -> None:
    """Before the first picture is refused."""
    with pytest.raises(FatalError, match="--min-free is 16777216"):
        check_spool(SpoolSettings(spool=tmp_path / "a", min_free=1 << 24))


@pytest.mark.parametrize("is_there", [True, False])
def test_it_tells_whether_pillow_is_there(tmp_path: Path, is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to install where it is not."""
    monkeypatch.setattr(pillow, "is_there", lambda: is_there)
    line = check_spool(SpoolSettings(spool=tmp_path / "a", min_free=0))[-1]
    assert ("pip install 'framebus[png]'" in line) == (not is_there)
