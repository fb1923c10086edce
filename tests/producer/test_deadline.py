"""Cutting off who is late."""

import threading

import pytest

from services.producer.sources import deadline
from services.producer.sources.deadline import Deadline


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks fifty times a second."""
    assert deadline.LOOK_S == 0.2
    monkeypatch.setattr(deadline, "LOOK_S", 0.02)


def watching() -> bool:
    """A thread watches."""
    return any(thread.name == "deadline" for thread in threading.enumerate())


def test_who_is_late_is_cut_off_and_again_until_it_gives_up() -> None:
    """What is connected only after the first cut is cut, too."""
    cuts = threading.Semaphore(0)
    limit = Deadline(cuts.release)
    with limit.within(0.05):
        for _ in range(3):
            assert cuts.acquire(timeout=10)
    assert limit.late
    limit.close()
    assert not watching()


def test_who_is_in_time_is_left_alone() -> None:
    """A limit that is over does not count for the next one."""
    limit = Deadline(lambda: pytest.fail("cut"))
    for _ in range(5):
        with limit.within(30):
            pass
        assert not limit.late
    limit.close()


def test_the_watcher_goes_when_nothing_is_limited_and_comes_back() -> None:
    """A stream that is open for weeks needs none."""
    cuts = threading.Semaphore(0)
    limit = Deadline(cuts.release)
    for _ in range(2):
        with limit.within(30):
            assert watching()
        for thread in threading.enumerate():
            if thread.name == "deadline":
                thread.join(10)
        assert not watching()
    with limit.within(0):
        assert cuts.acquire(timeout=10)
    limit.close()


def test_closing_it_unused_is_nothing() -> None:
    """No thread was begun."""
    Deadline(lambda: None).close()
    assert not watching()
