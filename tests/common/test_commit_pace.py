"""Commits are frequent where they are cheap, and rare where they cost time."""

import pytest

from libs.common.commit_pace import COMMIT_EVERY_BYTES, CommitPace
from libs.common.testing import FakeClock


def committed(pace: CommitPace, clock: FakeClock, took_s: float) -> None:
    with pace.commit():
        clock.advance(took_s)


def test_a_second_after_the_last_one_it_is_time_again() -> None:
    """Counted from its end."""
    clock = FakeClock()
    pace = CommitPace(clock)
    committed(pace, clock, 0.01)
    clock.advance(0.99)
    assert not pace.is_due()
    clock.advance(0.01)
    assert pace.is_due()


def test_much_input_makes_it_due_at_once() -> None:
    """So that little is repeated after a crash."""
    clock = FakeClock()
    pace = CommitPace(clock)
    committed(pace, clock, 0.01)
    pace.handled(COMMIT_EVERY_BYTES)
    assert pace.is_due()
    committed(pace, clock, 0.01)
    assert not pace.is_due()


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.5, 2.0), (1.5, 6.0), (9.0, 10.0)])
def test_slow_commits_take_a_fifth_of_the_time_at_most(took_s: float, pause_s: float) -> None:
    """Else a service on a slow network would do nothing but commit; never longer than ten seconds, though."""
    clock = FakeClock()
    pace = CommitPace(clock)
    committed(pace, clock, took_s)
    clock.advance(pause_s - 0.1)
    assert not pace.is_due()
    clock.advance(0.2)
    assert pace.is_due()
