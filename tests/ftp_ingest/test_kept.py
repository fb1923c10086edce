"""What becomes of a picture that the bus has."""

import os
from pathlib import Path

import pytest

from libs.common.testing import FakeClock
from services.ftp_ingest.spool.disk import PARTIAL
from services.ftp_ingest.spool.kept import Kept
from services.ftp_ingest.spool.leaving import RETRY_S, Leaving
from services.ftp_ingest.spool.spool import Spool
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.spool_rig import files, spool_in, still


def put(spool: Spool, count: int) -> None:
    for seq in range(count):
        spool.put(still(seq=seq, number=seq))


def send_all(spool: Spool, leaving: Leaving) -> None:
    while (entry := spool.next(0)) is not None:
        leaving.sent(entry)


def kept_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_it_is_deleted(tmp_path: Path) -> None:
    """Unless somebody wants it kept."""
    with spool_in(tmp_path) as spool:
        put(spool, 2)
        send_all(spool, Leaving(spool, None, FakeClock()))
        assert files(spool) == []


def test_it_is_kept_as_a_picture_in_the_folder_of_its_camera(tmp_path: Path) -> None:
    """Under its time and name, for this user alone."""
    with spool_in(tmp_path) as spool:
        put(spool, 2)
        send_all(spool, Leaving(spool, Kept(tmp_path / "kept"), FakeClock()))
        assert files(spool) == []
    found = kept_in(tmp_path / "kept" / "porch")
    assert [path.name for path in found] == [f"20231114T221320.000Z-00000001-{seq}.jpg" for seq in (0, 1)]
    assert [path.read_bytes() for path in found] == [jpeg(0), jpeg(1)]
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}


def test_it_is_on_the_disk_before_it_leaves_the_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes, then its name; the names of the folders that were made, too."""
    synced: list[Path] = []
    real = os.fsync

    def fsync(fd: int) -> None:
        synced.append(Path(f"/proc/self/fd/{fd}").readlink())
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    path = Kept(tmp_path / "new" / "kept").put(still())
    folder = path.parent
    assert synced[:3] == [tmp_path, tmp_path / "new", tmp_path / "new" / "kept"]
    assert synced[3].name.startswith(PARTIAL)
    assert synced[4:] == [folder]


def test_nobodys_place_is_taken(tmp_path: Path) -> None:
    """Another file of that name stays what it is."""
    kept = Kept(tmp_path)
    first = kept.put(still())
    first.write_bytes(b"mine")
    second = kept.put(still())
    assert (first.read_bytes(), second.read_bytes()) == (b"mine", jpeg())
    assert second.name == first.name.replace(".jpg", "-1.jpg")


def test_the_same_picture_again_stays_one_file(tmp_path: Path) -> None:
    """As after a crash between keeping it and taking it out of the spool; also where only its name had been taken."""
    kept = Kept(tmp_path)
    path = kept.put(still())
    assert kept.put(still()) == path
    path.write_bytes(b"")
    assert kept.put(still()) == path
    assert [found.read_bytes() for found in kept_in(tmp_path)] == [jpeg()]


def test_what_cannot_be_kept_stays_and_is_tried_again(tmp_path: Path) -> None:
    """Its disk is full, or not mounted; nothing is sent twice meanwhile, by a new process neither."""
    clock = FakeClock()
    kept = Kept(tmp_path / "kept")
    (tmp_path / "kept" / "porch").write_text("in the way")
    with spool_in(tmp_path) as spool:
        leaving = Leaving(spool, kept, clock)
        put(spool, 2)
        send_all(spool, leaving)
        assert [name.rpartition(".")[2] for name in files(spool)] == ["sent", "sent"]
    with spool_in(tmp_path) as spool:
        assert spool.next(0) is None
        leaving = Leaving(spool, kept, clock)
        leaving.again(leaving.sent)
        assert len(files(spool)) == 2
        (tmp_path / "kept" / "porch").unlink()
        leaving.again(leaving.sent)
        assert len(files(spool)) == 2
        clock.advance(RETRY_S)
        leaving.again(leaving.sent)
        assert files(spool) == []
    assert len(kept_in(tmp_path / "kept")) == 2


def test_what_cannot_be_read_now_is_kept_later(tmp_path: Path) -> None:
    """As where a process has too many files open: it is whole."""
    clock, kept = FakeClock(), Kept(tmp_path / "kept")
    with spool_in(tmp_path) as spool:
        leaving = Leaving(spool, kept, clock)
        put(spool, 1)
        file, elsewhere = spool.path / files(spool)[0], tmp_path / "elsewhere"
        file.rename(elsewhere)
        file.mkdir()
        send_all(spool, leaving)
        (blocked,) = [spool.path / name for name in files(spool)]
        blocked.rmdir()
        elsewhere.rename(blocked)
        clock.advance(RETRY_S)
        leaving.again(leaving.sent)
        assert files(spool) == []
    assert [path.read_bytes() for path in kept_in(tmp_path / "kept")] == [jpeg()]


def test_a_folder_on_another_disk_will_do(tmp_path: Path) -> None:
    """Nothing is renamed from one to the other."""
    other = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path
    folder = other / f"framebus-{tmp_path.name}"
    try:
        Kept(folder).put(still())
        assert [path.read_bytes() for path in kept_in(folder)] == [jpeg()]
    finally:
        for path in (*kept_in(folder), folder / "porch", folder):
            path.unlink() if path.is_file() else path.rmdir()
