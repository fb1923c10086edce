"""What happens to a file once the bus has its picture, and not before."""

import errno
import logging
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from libs.common.errors import PermanentError
from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.watch.move import move
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import Rig, plan_of, until, watching

ACTIONS = ("keep", "delete", "move")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "porch" / "day").mkdir(parents=True)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def taken(rig: Rig, count: int) -> None:
    until(lambda: len(rig.box.taken) >= count)


@pytest.mark.parametrize("action", ACTIONS)
def test_it_is_done_only_when_the_bus_has_the_picture(tmp_path: Path, home: Path, action: str) -> None:
    """And the file keeps its place below its camera where it is moved."""
    done = tmp_path / "done"
    plan = plan_of(str(home), after=action, move_to=done if action == "move" else None)
    with watching(tmp_path, plan, acknowledge=False) as rig:
        (home / "porch" / "day" / "1.jpg").write_bytes(jpeg(1))
        (home / "porch" / "day" / "2.jpg").write_bytes(jpeg(2))
        taken(rig, 2)
        assert files(home) == ["porch/day/1.jpg", "porch/day/2.jpg"]
        rig.watch.settled(rig.box.origins[0], None)
        first = Path(rig.box.origins[0].path).name
        if action != "keep":
            until(lambda: len(files(home)) < 2)
        assert (home / "porch" / "day" / first).exists() == (action == "keep")
        assert len(files(home)) == (2 if action == "keep" else 1)
    assert files(done) == ([f"porch/day/{first}"] if action == "move" else [])


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_file_that_is_another_picture_by_then_is_left_and_taken(tmp_path: Path, home: Path, action: str) -> None:
    """The new one is published, too, and then it goes."""
    path = home / "porch" / "now.jpg"
    plan = plan_of(str(home), after=action, move_to=tmp_path / "done" if action == "move" else None)
    with watching(tmp_path, plan, acknowledge=False) as rig:
        path.write_bytes(jpeg(1))
        taken(rig, 1)
        path.write_bytes(jpeg(2))
        taken(rig, 2)
        rig.watch.settled(rig.box.origins[0], None)
        (home / "porch" / "other.jpg").write_bytes(jpeg(3))
        taken(rig, 3)
        assert path.read_bytes() == jpeg(2)
        rig.watch.settled(rig.box.origins[1], None)
        until(lambda: not path.exists())
    assert rig.box.numbers() == [1, 2, 3]


def test_a_file_whose_time_was_set_meanwhile_is_the_same_picture(tmp_path: Path, home: Path) -> None:
    """It is deleted, and not taken again."""
    path = home / "porch" / "1.jpg"
    with watching(tmp_path, plan_of(str(home), after="delete"), acknowledge=False) as rig:
        path.write_bytes(jpeg(1))
        taken(rig, 1)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        rig.watch.settled(rig.box.origins[0], None)
        until(lambda: not path.exists())
    assert rig.box.numbers() == [1]


def test_what_was_moved_is_seen_by_nobody_else(tmp_path: Path, home: Path) -> None:
    """Pictures that nobody could read where they lay, in folders that are made for them."""
    done = tmp_path / "new" / "done"
    tmp_path.chmod(0o755)
    with watching(tmp_path, plan_of(str(home), after="move", move_to=done)):
        (home / "porch" / "day" / "1.jpg").write_bytes(jpeg(1))
        until(lambda: files(home) == [])
    made = [done.parent, done, done / "porch", done / "porch" / "day"]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 4


def test_names_that_are_taken_are_never_overwritten(tmp_path: Path, home: Path) -> None:
    """A camera that knows one name only."""
    done = tmp_path / "done"
    path = home / "porch" / "now.jpg"
    with watching(tmp_path, plan_of(str(home), after="move", move_to=done)) as rig:
        for number in range(1, 6):
            path.write_bytes(jpeg(number))
            taken(rig, number)
            until(lambda: not path.exists())
    moved = [(done / name).read_bytes() for name in files(done)]
    assert sorted(moved) == sorted(jpeg(number) for number in range(1, 6))
    assert "porch/now.jpg" in files(done)


def test_what_was_moved_within_a_watched_folder_is_nobodys(tmp_path: Path, home: Path) -> None:
    """It does not come in again."""
    plan = plan_of(f"porch={home}", after="move", move_to=home / "done", without=(home / "done",))
    with watching(tmp_path, plan) as rig:
        for number in (1, 2):
            (home / f"{number}.jpg").write_bytes(jpeg(number))
            until(lambda number=number: (home / "done" / "porch" / f"{number}.jpg").exists())  # type: ignore[misc]
    assert rig.box.numbers() == [1, 2]
    assert rig.left() == {}


def test_a_file_moves_to_another_file_system(tmp_path: Path, home: Path) -> None:
    """Whole, with its time."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        with watching(tmp_path, plan_of(str(home), after="move", move_to=Path(other))) as rig:
            (home / "porch" / "1.jpg").write_bytes(jpeg(1))
            taken(rig, 1)
            until(lambda: files(home) == [])
        moved = Path(other) / "porch" / "1.jpg"
        assert files(Path(other)) == ["porch/1.jpg"]
        assert (moved.read_bytes(), moved.stat().st_mtime_ns) == (jpeg(1), rig.box.origins[0].mtime_ns)


@pytest.mark.parametrize("linked", [True, False])
def test_a_move_that_was_broken_off_is_finished(tmp_path: Path, linked: bool) -> None:
    """The file is in both places: it is one file in the end."""
    source, target = tmp_path / "1.jpg", tmp_path / "done" / "1.jpg"
    source.write_bytes(jpeg(1))
    target.parent.mkdir()
    if linked:
        target.hardlink_to(source)
    else:
        subprocess.run(["cp", "-p", source, target], check=True)
    at = os.open(tmp_path, os.O_RDONLY)
    assert move(at, "1.jpg", target) == target
    os.close(at)
    assert files(tmp_path) == ["done/1.jpg"]


def read_only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As on a share that may only be read, for root, too: these files cannot be taken away."""
    rename = os.rename

    def refused(path: str, to: str, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
        if src_dir_fd is not None and path in names:
            raise OSError(errno.EROFS, "Read-only file system")
        rename(path, to, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", refused)


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_file_that_cannot_be_taken_away_is_remembered_as_done(
    tmp_path: Path, home: Path, action: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once; not taken again, nor after the next start."""
    folder = home / "porch" / "day"
    for number in (1, 2):
        (folder / f"{number}.jpg").write_bytes(jpeg(number))
    done = tmp_path / "done" if action == "move" else None
    plan = plan_of(str(home), after=action, move_to=done, existing=True)
    caplog.set_level(logging.DEBUG)

    def stays() -> list[int]:
        return [line.levelno for line in caplog.records if "stays, as others" in line.message]

    read_only(monkeypatch, "1.jpg", "2.jpg")
    with watching(tmp_path, plan):
        until(lambda: len(stays()) == 2)
    with watching(tmp_path, plan) as again:
        (home / "porch" / "3.jpg").write_bytes(jpeg(3))
        until(lambda: not (home / "porch" / "3.jpg").exists())
    assert again.box.numbers() == [3]
    assert files(folder) == ["1.jpg", "2.jpg"]
    assert files(tmp_path / "done") == (["porch/3.jpg"] if done else [])
    assert stays() == [logging.WARNING, logging.DEBUG]


def test_a_picture_that_the_bus_refuses_stays_where_it_is(tmp_path: Path, home: Path) -> None:
    """And is not sent again."""
    with watching(tmp_path, plan_of(str(home), after="delete"), acknowledge=False) as rig:
        path = home / "porch" / "1.jpg"
        path.write_bytes(jpeg(1))
        taken(rig, 1)
        rig.watch.settled(rig.box.origins[0], PermanentError("too large", "too-large"))
        path.touch()
        os.utime(path, ns=(0, rig.box.origins[0].mtime_ns))
        (home / "porch" / "2.jpg").write_bytes(jpeg(2))
        taken(rig, 2)
        assert path.exists()
    assert rig.box.numbers() == [1, 2]


def test_a_file_of_no_watched_folder_is_not_touched(tmp_path: Path, home: Path) -> None:
    """Whatever the spool says."""
    other = tmp_path / "other.jpg"
    other.write_bytes(jpeg(1))
    found = other.stat()
    with watching(tmp_path, plan_of(str(home), after="delete")) as rig:
        rig.watch.settled(Origin(other, found.st_mtime_ns, found.st_size), None)
        (home / "porch" / "2.jpg").write_bytes(jpeg(2))
        until(lambda: files(home) == [])
    assert other.exists()
