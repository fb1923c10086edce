"""How many pictures come per second."""

import pytest

from libs.common.registry.rate import Rate


def measured(times_s: list[float]) -> float | None:
    """After pictures at these times."""
    rate = Rate()
    for now_s in times_s:
        rate.picture(now_s)
    return rate.fps


@pytest.mark.parametrize(
    ("fps", "seconds", "found"),
    [(25, 11, 25), (1, 11, 1), (0.1, 21, 0.1), (1 / 300, 601, 0.00333), (12.34567, 11, 12.3)],
)
def test_the_rate_is_measured_over_ten_seconds_or_two_intervals(fps: float, seconds: float, found: float) -> None:
    """Three digits of it, also of a camera that gives a picture every five minutes."""
    assert measured([n / fps for n in range(int(seconds * fps) + 1)]) == pytest.approx(found)


def test_nothing_is_said_before_ten_seconds_are_over() -> None:
    """A start says nothing about a rate."""
    assert measured([n / 25 for n in range(249)]) is None


def test_after_a_pause_it_begins_anew() -> None:
    """The time without pictures is no part of a measurement."""
    rate = Rate()
    for n in range(300):
        rate.picture(n / 25)
    rate.restart()
    assert rate.fps is None
    for n in range(251):
        rate.picture(3600 + n / 5)
    assert rate.fps == 5
