"""Much at once, no room, limits of the kernel: nothing is lost, and nothing grows without an end."""

import errno
import os
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from services.ftp_ingest.watch import inotify, pending, scan
from services.ftp_ingest.watch.files import Look
from services.ftp_ingest.watch.inotify import Events, InotifyFD
from services.ftp_ingest.watch.pending import File, Pending
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import plan_of, until, watching

MIB = 1 << 20


@pytest.fixture
def porch(tmp_path: Path) -> Path:
    folder = tmp_path / "porch"
    folder.mkdir()
    return folder


def old(path: Path, number: int) -> None:
    """A picture whose number is its time, in place at once."""
    hidden = path.with_name(".hidden")
    hidden.write_bytes(jpeg(number))
    os.utime(hidden, (number, number))
    hidden.rename(path)


def test_a_full_inbox_is_waited_for_and_the_order_stays(tmp_path: Path, porch: Path) -> None:
    """By the time of the files, also of those that come meanwhile."""
    with watching(tmp_path, plan_of(f"porch={porch}", existing=True)) as rig:
        rig.box.full = True
        for number in (5, 3, 9, 1, 7):
            old(porch / f"{number}.jpg", number)
        until(lambda: rig.box.offered >= 2)
        for number in (4, 8):
            old(porch / f"{number}.jpg", number)
        until(lambda: rig.box.offered >= 5)
        rig.box.full = False
        until(lambda: len(rig.box.taken) == 7)
    assert rig.box.numbers() == [1, 3, 4, 5, 7, 8, 9]
    assert rig.left() == {}


def test_more_than_there_is_room_for_is_found_later_in_order(
    tmp_path: Path, porch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few are in mind at a time, the rest is looked for again; what comes meanwhile waits its turn."""
    for module in (pending, scan):
        monkeypatch.setattr(module, "MOST_OF_A_CAMERA", 20)
    for number in range(1, 101):
        old(porch / f"{number}.jpg", number)
    with watching(tmp_path, plan_of(f"porch={porch}", existing=True)) as rig:
        until(lambda: rig.box.taken)
        for number in range(101, 131):
            old(porch / f"{number}.jpg", number)
        until(lambda: len(rig.box.taken) == 130)
    assert rig.box.numbers() == list(range(1, 131))


def test_one_camera_with_many_files_does_not_keep_others_waiting() -> None:
    """They come out in turn, each camera's oldest first."""
    line = Pending()
    for number in (3, 1, 2):
        line.add(File(Look(number, 1), f"/a/{number}", "a"))
    line.add(File(Look(9, 1), "/b/9", "b"))
    came = [line.next(0.0) for _ in range(5)]
    assert [file and file.path for file in came] == ["/a/1", "/b/9", "/a/2", "/a/3", None]


def test_a_file_that_changes_all_the_time_is_one_file() -> None:
    """However often it is told."""
    line = Pending()
    for number in range(10_000):
        line.add(File(Look(number, 1), "/a/1", "a"))
    assert len(line) == 1
    assert sum(len(each) for each in line._lines.values()) < 200
    assert line.next(0.0) == File(Look(9999, 1), "/a/1", "a")
    assert line.next(0.0) is None


def test_very_many_files_fit_in_little_memory_and_do_not_hold_up_a_stop(tmp_path: Path, porch: Path) -> None:
    """They are links to two files, which are empty: what is measured is the looking."""
    for folder in ("a", "b"):
        (porch / folder).mkdir()
        (porch / folder / ".empty").touch()
        for number in range(15_000):
            os.link(porch / folder / ".empty", porch / folder / f"a-usual-name-of-a-picture-{number:06d}.jpg")
    tracemalloc.start()
    try:
        with watching(tmp_path, plan_of(f"porch={porch}", existing=True)) as rig:
            until(lambda: rig.box.offered > 10, 60)
            began_s = time.monotonic()
            rig.watch.stop()
            took_s = time.monotonic() - began_s
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took_s < 2
    assert most_bytes < 5 * MIB


def test_a_stop_does_not_wait_for_a_file_that_hangs(tmp_path: Path, porch: Path) -> None:
    """A share that does not answer."""
    go_on = threading.Event()
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        rig.box.settle = lambda _: go_on.wait(20) and None
        (porch / "1.jpg").write_bytes(jpeg(1))
        until(lambda: rig.box.taken)
        began_s = time.monotonic()
        rig.watch.stop()
        assert time.monotonic() - began_s < 2
        go_on.set()
        until(lambda: not any(thread.name == "watch" for thread in threading.enumerate()))


def test_however_many_folders_there_are_the_threads_are_two(tmp_path: Path) -> None:
    """Ours, and the one that the kernel tells."""
    for number in range(50):
        (tmp_path / "in" / f"camera{number}" / "day").mkdir(parents=True)
    before = threading.active_count()
    with watching(tmp_path, plan_of(*(f"c{number}={tmp_path}/in/camera{number}" for number in range(50)))):
        assert threading.active_count() - before == 2
    assert threading.active_count() == before


def test_events_that_were_lost_are_looked_for(tmp_path: Path, porch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More was told at once than is kept in mind."""
    monkeypatch.setattr(inotify, "MOST_FILES", 5)
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        rig.box.full = True
        for number in range(1, 201):
            old(porch / f"{number}.jpg", number)
        rig.box.full = False
        until(lambda: len(rig.box.taken) >= 200)
    assert sorted(rig.box.numbers()) == list(range(1, 201))


def test_the_kernel_says_when_it_lost_something() -> None:
    """All folders are looked through then."""
    news = threading.Event()
    events = Events(news)
    events.on_queue_overflow()
    events.stop()
    assert news.is_set()
    assert events.take().lost
    assert not events.take().lost


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EMFILE])
def test_where_the_kernel_follows_no_more_folders_they_are_looked_through(
    tmp_path: Path, porch: Path, error: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once, with what to do; those that it follows are still told at once."""
    follow = InotifyFD.add_callback
    followed: list[bytes] = []

    def limited(self: InotifyFD, path: bytes, *words: object) -> object:
        followed.append(path)
        if len(followed) > 1:
            raise OSError(error, "limit")
        return follow(self, path, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(InotifyFD, "add_callback", limited)
    monkeypatch.setattr("services.ftp_ingest.watch.patrol.UNTOLD_EVERY_S", 0.2)
    for name in ("a", "b"):
        (porch / name).mkdir()
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        for number, name in enumerate(("1.jpg", "a/2.jpg", "b/3.jpg"), 1):
            (porch / name).write_bytes(jpeg(number))
        until(lambda: len(rig.box.taken) == 3)
    assert len([line for line in caplog.messages if f"sysctl -w {inotify.LIMITS[error]}" in line]) == 1
