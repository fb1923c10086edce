"""What else may lie in a folder to which others write: none of it stops the rest, and nothing outside is read."""

import os
import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from services.ftp_ingest.watch import taking
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import plan_of, until, watching

MIB = 1 << 20
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def porch(tmp_path: Path) -> Path:
    folder = tmp_path / "porch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("existing", [True, False])
def test_links_pipes_sockets_devices_and_folders_are_not_taken(tmp_path: Path, porch: Path, existing: bool) -> None:
    """Not even opened; each reason is counted, and a picture beside them arrives."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "1.jpg").write_bytes(jpeg(1))

    def fill() -> None:
        (porch / "link.jpg").symlink_to(secret / "1.jpg")
        (porch / "folder-link").symlink_to(secret)
        (porch / "nowhere.jpg").symlink_to("nowhere")
        (porch / "loop.jpg").symlink_to("loop.jpg")
        os.mkfifo(porch / "pipe.jpg")
        if IS_ROOT:
            os.mknod(porch / "zero.jpg", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
        (porch / "folder.jpg").mkdir()
        (porch / "folder.jpg" / "2.jpg").write_bytes(jpeg(2))

    if existing:
        fill()
    with (
        closing(socket.socket(socket.AF_UNIX)) as unix,
        watching(tmp_path, plan_of(f"p={porch}", existing=True)) as rig,
    ):
        unix.bind(str(porch / "s.jpg"))
        if not existing:
            fill()
        until(lambda: rig.box.taken and rig.left() == {"link": 4, "not-a-file": 2 + IS_ROOT})
    assert rig.box.taken == [("p", "folder.jpg/2.jpg", 2)]


def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(tmp_path: Path, porch: Path) -> None:
    """Between the moment it was seen and the moment it is read."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (porch / "day").mkdir()
    with watching(tmp_path, plan_of(f"p={porch}")) as rig:
        (secret / "1.jpg").write_bytes(jpeg(1))
        (porch / "day").rename(porch / ".away")
        (porch / "day").symlink_to(secret)
        (secret / "2.jpg").write_bytes(jpeg(2))
        (porch / "3.jpg").write_bytes(jpeg(3))
        until(lambda: rig.box.taken and rig.left())
    assert rig.box.numbers() == [3]
    assert rig.left() == {"link": 1}


def test_what_is_no_picture_is_left_and_said_once_for_each_reason(
    tmp_path: Path, porch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also a file that is too large, which is not read, and names that would break a line of the log."""
    with watching(tmp_path, plan_of(f"p={porch}", max_file_bytes=MIB)) as rig:
        for number in range(20):
            (porch / f"text\n{number}.jpg").write_bytes(b"no picture")
        with (porch / "huge.jpg").open("wb") as file:
            file.truncate(1 << 30)
        (porch / os.fsdecode(b"\xff\xfe.jpg")).write_bytes(jpeg(5))
        until(lambda: rig.box.taken and rig.left() == {"not-a-picture": 20, "too-large": 1})
    assert rig.box.offered == 21
    said = [line for line in caplog.messages if "left where it is" in line]
    assert len(said) == 2
    assert not any("\n" in line for line in said)
    assert len(list(porch.iterdir())) == 22


def test_a_file_that_may_not_be_read_is_taken_once_it_may(
    tmp_path: Path, porch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rights are no change of the file, but they are told. Root may read everything, so the refusal is made up."""

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = porch / "1.jpg"
    path.write_bytes(jpeg(1))
    with monkeypatch.context() as patched:
        patched.setattr(taking, "read_in", refused)
        path.chmod(0)
        with watching(tmp_path, plan_of(f"p={porch}", existing=True)) as rig:
            until(lambda: rig.left() == {"unreadable": 1})
            patched.undo()
            path.chmod(0o644)
            until(lambda: rig.box.taken)


def test_an_error_of_ours_with_one_file_does_not_stop_the_others(tmp_path: Path, porch: Path) -> None:
    """It is logged, counted and left."""
    with watching(tmp_path, plan_of(f"p={porch}")) as rig:
        rig.box.error = RuntimeError("a bug")
        (porch / "1.jpg").write_bytes(jpeg(1))
        until(lambda: rig.left() == {"bug": 1})
        rig.box.error = None
        (porch / "2.jpg").write_bytes(jpeg(2))
        until(lambda: rig.box.taken)
    assert rig.box.numbers() == [2]
