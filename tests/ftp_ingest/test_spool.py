"""What lies in the spool is safe, in order, bounded, and of one process."""

import errno
import stat
from pathlib import Path

import pytest

from libs.common.errors import FatalError, PermanentError
from libs.common.testing import FakeClock
from services.ftp_ingest.inbox import FullError, Origin
from services.ftp_ingest.spool import set_aside
from services.ftp_ingest.spool.entries import packed
from services.ftp_ingest.spool.limits import TYPICAL_BYTES, Limits
from tests.ftp_ingest.spool_rig import files, spool_in, still, taken_out

SIZE = len(packed(still(), None))
ORIGIN = Origin(Path("/srv/porch/a\udcff.jpg"), 123_456_789, 4711)


def test_what_was_put_comes_out_in_order_and_as_it_was(tmp_path: Path) -> None:
    """Once in each process."""
    with spool_in(tmp_path) as spool:
        for seq in range(3):
            spool.put(still(seq=seq, number=seq))
        entries = [spool.next(0) for _ in range(4)]
        assert [spool.read(entry) for entry in entries if entry] == [still(seq=seq, number=seq) for seq in range(3)]
        assert entries[3] is None


def test_a_new_process_finds_what_the_last_one_left_in_order(tmp_path: Path) -> None:
    """Even where the clock was set back between them, new pictures come behind the old ones."""
    with spool_in(tmp_path) as spool:
        for seq in range(12):
            spool.put(still(seq=seq))
        assert spool.next(0) is not None
    with spool_in(tmp_path, clock=FakeClock(wall_ns=5)) as spool:
        spool.put(still(seq=0, boot="00000002"))
    with spool_in(tmp_path) as spool:
        assert taken_out(spool) == [*(f"porch/00000001/{seq}" for seq in range(12)), "porch/00000002/0"]


def test_what_the_bus_has_is_gone(tmp_path: Path) -> None:
    """From the disk and from the count."""
    with spool_in(tmp_path) as spool:
        spool.put(still())
        spool.put(still(seq=1))
        entry = spool.next(0)
        assert entry is not None
        spool.remove(entry)
        assert spool.get(entry.frame_id) is None
        assert (len(files(spool)), spool.usage()[0]) == (1, 1)
        assert spool.usage()[1] == (spool.path / files(spool)[0]).stat().st_size


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """There are raw pictures in it."""
    with spool_in(tmp_path) as spool:
        spool.put(still())
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (spool.path, spool.path / set_aside_folder(spool.path))}
        assert modes == {0o700}
        assert {stat.S_IMODE(path.stat().st_mode) for path in spool.path.iterdir() if path.is_file()} == {0o600}


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    """A volume may be shared by a group, and not ours: nobody reads the pictures in it all the same."""
    (tmp_path / "spool" / "lost+found").mkdir(parents=True)
    (tmp_path / "spool").chmod(0o2775)
    with spool_in(tmp_path) as spool:
        spool.put(still())
        assert stat.S_IMODE(spool.path.stat().st_mode) == 0o2775
        assert {stat.S_IMODE(path.stat().st_mode) for path in spool.path.iterdir() if path.is_file()} == {0o600}
        assert stat.S_IMODE((spool.path / "refused").stat().st_mode) & 0o777 == 0o700


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    """As with --spool /tmp: what it is, and what is in it, stays as it was."""
    (tmp_path / "spool").mkdir(mode=0o755)
    (tmp_path / "spool" / "letter").write_text("mine")
    with pytest.raises(FatalError, match=r"expected an empty folder.*letter"):
        spool_in(tmp_path)
    assert [path.name for path in (tmp_path / "spool").iterdir()] == ["letter"]
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o755


def set_aside_folder(path: Path) -> str:
    """The one folder in it."""
    (found,) = [each.name for each in path.iterdir() if each.is_dir()]
    return found


def test_two_processes_do_not_share_one(tmp_path: Path) -> None:
    """The second says so, and the first goes on."""
    with spool_in(tmp_path) as spool:
        with pytest.raises(FatalError, match="another process uses it"):
            spool_in(tmp_path)
        spool.put(still())
    spool_in(tmp_path).close()


def test_a_folder_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "spool").write_text("")
    with pytest.raises(FatalError, match=f"--spool {tmp_path / 'spool'}"):
        spool_in(tmp_path)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(max_bytes=3 * SIZE, free_bytes=0), "--spool-max"),
        (Limits(quota_bytes=3 * SIZE, free_bytes=0), "--quota"),
        (Limits(max_files=3, free_bytes=0), "3 pictures"),
    ],
)
def test_a_full_spool_refuses_and_takes_again_when_there_is_room(tmp_path: Path, limits: Limits, says: str) -> None:
    """What it refused left nothing behind."""
    with spool_in(tmp_path, limits) as spool:
        for seq in range(3):
            spool.put(still(seq=seq))
        with pytest.raises(FullError, match=says):
            spool.put(still(seq=3))
        assert len(files(spool)) == 3
        entry = spool.next(0)
        assert entry is not None
        spool.remove(entry)
        spool.put(still(seq=3))


def test_the_quota_of_one_camera_is_not_that_of_another(tmp_path: Path) -> None:
    """One that sends too much takes nobody's room."""
    with spool_in(tmp_path, Limits(quota_bytes=TYPICAL_BYTES + SIZE // 2, free_bytes=0)) as spool:
        assert spool.has_room("porch")
        spool.put(still())
        assert (spool.has_room("porch"), spool.has_room("gate")) == (False, True)
        spool.put(still(camera="gate"))


def test_a_part_of_the_disk_is_left_to_others(tmp_path: Path) -> None:
    """However large the spool may get."""
    with spool_in(tmp_path, Limits(free_bytes=1 << 62)) as spool:
        assert not spool.has_room("porch")
        with pytest.raises(FullError, match="--min-free"):
            spool.put(still())


def test_watched_files_are_known_after_a_restart(tmp_path: Path) -> None:
    """By path, time and size, whatever bytes are in the path; those of FTP have none."""
    with spool_in(tmp_path) as spool:
        spool.put(still(), ORIGIN)
        spool.put(still(seq=1))
    with spool_in(tmp_path) as spool:
        assert spool.origins() == {ORIGIN}
        assert [entry.origin for entry in spool.entries()] == [ORIGIN, None]


def test_a_long_path_is_known_after_a_restart(tmp_path: Path) -> None:
    """As long as one may be, of bytes that are no text."""
    origin = Origin(Path("/" + "/".join(["\udcff" * 250] * 16)), 1, 2)
    with spool_in(tmp_path) as spool:
        spool.put(still(), origin)
    with spool_in(tmp_path) as spool:
        assert spool.origins() == {origin}


@pytest.mark.parametrize("damage", [b"", b"{", b'{"crc32": 1}\nabc', bytes(400), b"\xff" * 400, b'{"crc32": 0}\n'])
def test_a_damaged_file_is_set_aside_and_stops_nothing(tmp_path: Path, damage: bytes) -> None:
    """As a disk leaves it that lost its power."""
    with spool_in(tmp_path) as spool:
        for seq in range(3):
            spool.put(still(seq=seq))
        (spool.path / files(spool)[1]).write_bytes(damage)
    with spool_in(tmp_path) as spool:
        entries = [entry for entry in (spool.next(0) for _ in range(3)) if entry]
        assert spool.read(entries[0]) == still()
        with pytest.raises(PermanentError) as found:
            spool.read(entries[1])
        spool.set_aside(entries[1], found.value)
        assert spool.read(entries[2]) == still(seq=2)
        assert [path.name for path in (spool.path / "refused").iterdir()] == [entries[1].file]
        assert spool.usage()[0] == 2


def test_what_is_set_aside_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest leave."""
    monkeypatch.setattr(set_aside, "MOST_FILES", 3)
    with spool_in(tmp_path) as spool:
        for seq in range(5):
            spool.put(still(seq=seq))
        for entry in list(spool.entries()):
            spool.set_aside(entry, PermanentError("no", "too-large"))
        left = sorted(path.name for path in (spool.path / "refused").iterdir())
    assert [int(name.split("-")[2]) for name in left] == [2, 3, 4]


def test_foreign_files_stay_where_they_are(tmp_path: Path) -> None:
    """A spool deletes nothing that it did not make."""
    with spool_in(tmp_path) as spool:
        for name in ("notes.txt", "1.frame", "00000000000000000001-00000001-0-porch.jpg"):
            (spool.path / name).write_text("mine")
    with spool_in(tmp_path) as spool:
        assert spool.left == []
        assert (spool.path / "notes.txt").read_text() == "mine"


def test_an_age_is_told_of_the_oldest(tmp_path: Path) -> None:
    """0 where there is none."""
    clock = FakeClock()
    with spool_in(tmp_path, clock=clock) as spool:
        assert spool.usage() == (0, 0, 0.0)
        spool.put(still())
        clock.advance(90)
        spool.put(still(seq=1))
        assert spool.usage()[2] == 90.0


def test_what_the_disk_cannot_read_any_more_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad sector does not heal: the picture is damaged, not put off."""

    def bad_sector(path: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with spool_in(tmp_path) as spool:
        spool.put(still())
        entry = spool.next(0)
        assert entry is not None
        monkeypatch.setattr(Path, "read_bytes", bad_sector)
        with pytest.raises(PermanentError) as refused:
            spool.read(entry)
        assert refused.value.reason == "damaged"
