"""Each picture once, whatever happens between two starts."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from libs.common.errors import FatalError
from libs.common.testing import FakeClock
from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.watch import ledger
from services.ftp_ingest.watch.files import Look
from services.ftp_ingest.watch.ledger import PUBLISHED, Done, Ledger
from services.ftp_ingest.watch.pruning import FORGOTTEN_NS, Pruning
from tests.ftp_ingest.files import jpeg, number_of
from tests.ftp_ingest.watch_rig import plan_of, until, watching

KILLS, FILES = 4, 80


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def put(folder: Path, *numbers: int) -> None:
    """Moved into place; the higher the number the older."""
    for number in numbers:
        hidden = folder.parent / f".{number}.jpg"
        hidden.write_bytes(jpeg(number))
        os.utime(hidden, (1_700_000_000 - number, 1_700_000_000 - number))
        hidden.rename(folder / f"{number}.jpg")


@dataclass
class Killed:
    """Processes on one home, one after the other."""

    path: Path
    after: str

    def published(self) -> list[str]:
        """Numbers of the pictures that the bus has."""
        bus = self.path / "bus"
        return [line.split()[1] for line in bus.read_text().splitlines()] if bus.exists() else []

    def run(self, work: Callable[["subprocess.Popen[str]"], None]) -> str:
        """It is killed after the work. Returns what it said."""
        command = [sys.executable, "-m", "tests.ftp_ingest.watch_process", str(self.path), self.after]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            work(process)
        finally:
            process.kill()
            _, errors = process.communicate()
        return errors

    def moved(self) -> list[int]:
        done = self.path / "done" / "porch"
        return sorted(number_of(path.read_bytes()) for path in done.iterdir()) if done.exists() else []


@pytest.mark.parametrize("after", ["keep", "delete", "move"])
def test_every_picture_is_published_once_across_kills(tmp_path: Path, home: Path, after: str) -> None:
    """The process is killed at any moment, while files come."""
    chance, killed, numbers = random.Random(after), Killed(tmp_path, after), iter(range(1, FILES))
    put(home, *islice(numbers, 30))

    def a_while(_: object) -> None:
        seen = len(killed.published())
        put(home, *islice(numbers, 10))
        until(lambda: len(killed.published()) > seen)
        time.sleep(chance.uniform(0, 0.15))

    def to_the_end(_: object) -> None:
        put(home, *numbers, FILES)
        until(lambda: len(set(killed.published())) == FILES)
        until(lambda: len(list(home.iterdir())) == (FILES if after == "keep" else 0))

    for _ in range(KILLS):
        assert killed.run(a_while) == ""
    assert killed.run(to_the_end) == ""
    assert {number: count for number, count in Counter(killed.published()).items() if count > 1} == {}
    assert killed.moved() == (list(range(1, FILES + 1)) if after == "move" else [])


def test_what_the_kernel_had_no_room_to_tell_is_found(tmp_path: Path, home: Path) -> None:
    """A process that stood still while its queue ran over; a folder that was made anew is watched from then on."""
    killed, room = Killed(tmp_path, "keep"), int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())

    def work(process: "subprocess.Popen[str]") -> None:
        put(home / "day", 1)
        until(lambda: killed.published() == ["1"])
        process.send_signal(signal.SIGSTOP)
        for number in range(room + 2):
            (home / f".{number % 2}").touch()
            (home / f".{number % 2}").write_bytes(b"")
        shutil.rmtree(home / "day")
        (home / "day").mkdir()
        put(home / "day", 2)
        process.send_signal(signal.SIGCONT)
        until(lambda: killed.published() == ["1", "2"])
        put(home / "day", 3)
        until(lambda: killed.published() == ["1", "2", "3"])

    (home / "day").mkdir()
    assert "overflowed" in killed.run(work)


def test_files_that_were_there_are_no_news(tmp_path: Path, home: Path) -> None:
    """Unless it is asked for; what is written again is new."""
    put(home, 1, 2)
    with watching(tmp_path, plan_of(f"porch={home}")) as rig:
        put(home, 3)
        until(lambda: len(rig.box.taken) == 1)
        (home / "2.jpg").write_bytes(jpeg(2))
        until(lambda: len(rig.box.taken) == 2)
    assert rig.box.numbers() == [3, 2]


def test_existing_files_are_taken_oldest_first(tmp_path: Path, home: Path) -> None:
    """Of each camera; and only once, also after the next start."""
    put(home, *range(1, 51))
    with watching(tmp_path, plan_of(f"porch={home}", existing=True)) as rig:
        until(lambda: len(rig.box.taken) == 50)
    assert rig.box.numbers() == list(range(50, 0, -1))
    with watching(tmp_path, plan_of(f"porch={home}", existing=True)) as again:
        put(home, 51)
        until(lambda: again.box.taken)
    assert again.box.numbers() == [51]


def test_what_was_not_taken_before_is_taken_by_a_start_that_is_asked_to(tmp_path: Path, home: Path) -> None:
    """What was left alone is known until the process ends."""
    put(home, 1)
    with watching(tmp_path, plan_of(f"porch={home}")):
        pass
    with watching(tmp_path, plan_of(f"porch={home}", existing=True)) as rig:
        until(lambda: rig.box.taken)
    assert rig.box.numbers() == [1]


def test_what_lies_in_the_spool_is_not_taken_again(tmp_path: Path, home: Path) -> None:
    """The last process took it, the bus does not have it yet."""
    put(home, 1, 2)
    found = (home / "2.jpg").stat()
    origin = Origin(home / "2.jpg", found.st_mtime_ns, found.st_size)
    with watching(tmp_path, plan_of(f"porch={home}", existing=True), [origin]) as rig:
        put(home, 3)
        until(lambda: len(rig.box.taken) == 2)
        rig.watch.settled(origin, None)
    assert sorted(rig.box.numbers()) == [1, 3]
    with watching(tmp_path, plan_of(f"porch={home}", existing=True)) as again:
        put(home, 4)
        until(lambda: again.box.taken)
    assert again.box.numbers() == [4]


def test_a_file_that_was_to_be_deleted_is_deleted_by_the_next_process(tmp_path: Path, home: Path) -> None:
    """The last one wrote down that the bus has it, and died; files that were kept on purpose stay."""
    put(home, 1, 2)
    base = Ledger(tmp_path / "spool")
    looks = [Look(path.stat().st_mtime_ns, path.stat().st_size) for path in (home / "1.jpg", home / "2.jpg")]
    base.put(PUBLISHED, [(str(home / "1.jpg"), Done(looks[0]))], owed=True)
    base.put(PUBLISHED, [(str(home / "2.jpg"), Done(looks[1]))])
    base.close()
    with watching(tmp_path, plan_of(f"porch={home}", existing=True, after="delete")) as rig:
        until(lambda: not (home / "1.jpg").exists())
    assert rig.box.taken == []
    assert (home / "2.jpg").exists()


def test_files_that_are_gone_are_forgotten_after_a_week(tmp_path: Path, home: Path) -> None:
    """Not at once: a share may be away."""
    clock, base = FakeClock(), Ledger(tmp_path)
    pruning = Pruning(base, clock)
    put(home, 1, 2)
    for number in (1, 2):
        base.put(PUBLISHED, [(str(home / f"{number}.jpg"), Done(Look(number, 1)))])
    (home / "1.jpg").unlink()
    known = []
    for seconds in (0.0, FORGOTTEN_NS / 1e9 - 1, 2.0):
        clock.advance(seconds)
        list(pruning.steps())
        known.append([bool(base.done(str(home / f"{number}.jpg"))) for number in (1, 2)])
    assert known == [[True, True], [True, True], [False, True]]


def test_the_ledger_is_bounded_and_forgets_nothing(tmp_path: Path) -> None:
    """What is older than all that it knows one by one is done."""
    base = Ledger(tmp_path, most_files=100)
    base.put(PUBLISHED, [(f"/in/{number}", Done(Look(number, 1))) for number in range(1, 102)])
    base.close()
    again = Ledger(tmp_path, most_files=100)
    assert not again.done("/in/1")
    assert again.before_all(Look(1, 1))
    assert again.done("/in/101")
    assert not again.before_all(Look(101, 1))


def test_a_ledger_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    """Without it pictures would come twice."""
    (tmp_path / ledger.NAME).write_bytes(b"something else" * 1000)
    with pytest.raises(FatalError, match=ledger.NAME):
        Ledger(tmp_path)
