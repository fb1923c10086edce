"""Opening a file in a folder to which others write: no link is followed, nothing hangs, a change is seen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ftp_ingest.watch.files import Look, look_of, opened, read_in
from services.ftp_ingest.watch.folders import Folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "in" / "day").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "1.jpg").write_bytes(b"secret")
    (tmp_path / "in" / "1.jpg").write_bytes(b"picture")
    return tmp_path / "in"


@pytest.fixture
def at(home: Path) -> Iterator[int]:
    with opened(Folder(str(home), None), str(home)) as descriptor:
        yield descriptor


def look(path: Path) -> Look:
    return look_of(path.stat())


def test_a_file_is_read_as_what_it_was_seen(at: int, home: Path) -> None:
    """All of it, and only while it is the same."""
    seen = look(home / "1.jpg")
    assert read_in(at, "1.jpg", seen) == b"picture"
    (home / "1.jpg").write_bytes(b"another picture")
    assert read_in(at, "1.jpg", seen) is None


def test_no_folder_on_the_way_may_be_a_link(home: Path) -> None:
    """Whether it leads out or not."""
    (home / "link").symlink_to(home.parent / "secret")
    (home / "day" / "inside").symlink_to(home)
    for directory in ("link", "day/inside", "day/inside/day"):
        with pytest.raises(NotADirectoryError), opened(Folder(str(home), None), str(home / directory)):
            pass


def test_a_link_is_not_read(at: int, home: Path) -> None:
    """Nor one that takes the place of a file after that was looked at."""
    (home / "link.jpg").symlink_to(home.parent / "secret" / "1.jpg")
    with pytest.raises(OSError, match="symbolic links"):
        read_in(at, "link.jpg", look(home.parent / "secret" / "1.jpg"))


def test_a_pipe_does_not_hang(at: int, home: Path) -> None:
    """It has no writer, and it is no file."""
    os.mkfifo(home / "pipe.jpg")
    assert read_in(at, "pipe.jpg", look(home / "pipe.jpg")) is None


def test_what_is_opened_is_closed_again(home: Path) -> None:
    """Also where it fails on the way."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        with opened(Folder(str(home), None), str(home / "day")):
            pass
        with pytest.raises(FileNotFoundError), opened(Folder(str(home), None), str(home / "day" / "none" / "x")):
            pass
    assert len(os.listdir("/proc/self/fd")) == before
