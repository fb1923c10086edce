"""Pictures that come some seconds at once are handed on one after the other."""

from collections.abc import Iterator

import pytest

from libs.common.testing import FakeClock
from services.producer.sources.shots import Piece, Shot
from services.producer.video.pace import paced


def handed_on(arrivals: list[tuple[float, float]]) -> list[float]:
    """When each picture is, by when it arrives and its media time, all in seconds."""
    clock = FakeClock()
    start_s = clock.monotonic_s()

    def shots() -> Iterator[Shot | Piece]:
        for arrives_s, media_s in arrivals:
            clock.advance(max(0.0, arrives_s - (clock.monotonic_s() - start_s)))
            yield Shot(media_s, None)
            yield Piece(media_s - 3, 1.0, "h264", True, b"")

    times = paced(shots(), clock.monotonic_s, clock.advance)
    return [round(clock.monotonic_s() - start_s, 3) for shot in times if isinstance(shot, Shot)]


def test_a_burst_is_spread() -> None:
    """Two seconds at once, then two more: one each half a second."""
    arrivals = [(0.0, 0.0), (0.0, 0.5), (0.0, 1.0), (0.0, 1.5), (1.9, 2.0), (1.9, 2.5)]
    assert handed_on(arrivals) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_what_comes_late_is_handed_on_at_once_and_the_rest_at_its_pace() -> None:
    """A server that stalls must not make all that follows come in bursts."""
    arrivals = [(0.0, 0.0), (4.0, 0.5), (4.0, 1.0), (4.0, 1.5)]
    assert handed_on(arrivals) == [0.0, 4.0, 4.5, 5.0]


@pytest.mark.parametrize("media_s", [1000.0, 59.0])
def test_a_wild_time_holds_nobody_up(media_s: float) -> None:
    """It is due at once."""
    assert handed_on([(0.0, 0.0), (0.0, media_s), (0.0, media_s + 0.5)]) == [0.0, 0.0, 0.5]
