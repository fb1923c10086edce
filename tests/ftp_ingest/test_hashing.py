"""Passwords are checked a few at a time, and who guesses stands behind the others."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from libs.common.testing import FakeClock
from services.ftp_ingest.server.hashing import AT_ONCE, FREE_TRIES, GoneError, Hashing
from tests.ftp_ingest.ftp_rig import HASHED, SECRET


def guessed(hashing: Hashing, address: str) -> Hashing:
    """It has used up its free tries."""
    assert not any(hashing.is_right(HASHED, "wrong", address, Event()) for _ in range(FREE_TRIES))
    return hashing


def test_who_guesses_waits_behind_others_who_guess_and_nobody_else_does() -> None:
    """However many there are, they take one turn of two."""
    hashing = guessed(Hashing(FakeClock()), "10.0.0.66")
    with ThreadPoolExecutor(1) as pool:
        with hashing._wrong:
            waits = pool.submit(hashing.is_right, HASHED, SECRET, "10.0.0.66", Event())
            assert hashing.is_right(HASHED, SECRET, "10.0.0.7", Event())
            assert not waits.done()
        assert waits.result(10)


def test_a_minute_later_or_after_a_right_one_it_starts_anew() -> None:
    """A camera with a mistyped password recovers."""
    clock = FakeClock()
    hashing = guessed(Hashing(clock), "10.0.0.66")
    clock.advance(61)
    guessed(hashing, "10.0.0.67").right("10.0.0.67")
    with hashing._wrong:
        assert hashing.is_right(HASHED, SECRET, "10.0.0.66", Event())
        assert hashing.is_right(HASHED, SECRET, "10.0.0.67", Event())


def test_only_so_many_are_checked_at_once() -> None:
    """The next one waits; where nobody waits for it any more, nothing is checked."""
    hashing, gone = Hashing(FakeClock()), Event()
    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        with hashing._all, hashing._all:
            waits = [pool.submit(hashing.is_right, HASHED, SECRET, f"10.0.0.{n}", Event()) for n in range(5)]
            cut = pool.submit(hashing.is_right, HASHED, SECRET, "10.0.0.99", gone)
            assert not any(each.done() for each in (*waits, cut))
            gone.set()
        assert all(each.result(10) for each in waits)
        with pytest.raises(GoneError):
            cut.result(10)
