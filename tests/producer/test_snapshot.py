"""Polling: when a camera is asked for a picture, and when it is not."""

from collections.abc import Iterator
from itertools import islice, pairwise
from math import ceil

import pytest

from libs.common.testing import FakeClock
from services.producer.sampling import Sampler
from services.producer.sources.shots import Shot, SourceError
from services.producer.sources.snapshot import polled
from tests.producer.http_shots import always

JPEG = b"picture"


class Camera:
    """Answers after some seconds; fails where the script says a reason."""

    def __init__(self, *script: str, takes_s: float = 0.0) -> None:
        self.clock = FakeClock(running_s=1024.0)
        self.script, self.takes_s = list(script), takes_s
        self.asked_s: list[float] = []

    def fetch(self) -> bytes | None:
        self.asked_s.append(self.clock.monotonic_s() - 1024)
        self.clock.advance(self.takes_s)
        reason = self.script.pop(0) if self.script else ""
        if reason == "stream":
            return None
        if reason:
            raise SourceError("camera: trouble", reason)
        return JPEG

    def shots(self, wants: object = always, every_s: float = 1.0) -> Iterator[Shot]:
        return polled(self.fetch, wants, every_s, self.clock, self.clock.advance)  # type: ignore[arg-type]


@pytest.mark.parametrize("takes_s", [0.0, 0.125, 0.75])
@pytest.mark.parametrize("period_s", [0.25, 1.0, 0.5])
def test_pictures_are_asked_for_at_even_times(takes_s: float, period_s: float) -> None:
    """Slow answers do not add up; who is slower than the period is asked at the next even time."""
    camera = Camera(takes_s=takes_s)
    shots = list(islice(camera.shots(every_s=period_s), 20))
    steps = max(1, ceil(takes_s / period_s))
    assert camera.asked_s == pytest.approx([i * steps * period_s for i in range(20)])
    assert [shot.media_s for shot in shots] == pytest.approx([at + takes_s for at in camera.asked_s])
    assert {shot.picture for shot in shots} == {JPEG}


@pytest.mark.parametrize(("period_s", "still"), [(0.1, False), (0.5, False), (1.0, True), (5.0, True), (600.0, True)])
def test_pictures_a_second_apart_stand_alone(period_s: float, still: bool) -> None:
    """The redactor looks for neighbours within one second, and no poll is exact."""
    assert next(iter(Camera().shots(every_s=period_s))).still is still


@pytest.mark.parametrize("period_s", [2.0, 10.0, 2.5, 60.0])
def test_between_rare_pictures_there_is_a_shot_every_second(period_s: float) -> None:
    """So that a stop is quick; the camera is left alone meanwhile."""
    camera = Camera()
    wants = Sampler(fps=1 / period_s).wants
    shots = list(islice(camera.shots(wants, period_s), 200))
    assert max(b.media_s - a.media_s for a, b in pairwise(shots)) <= 1
    assert camera.asked_s == pytest.approx([i * period_s for i in range(len(camera.asked_s))])
    assert len(camera.asked_s) == sum(shot.picture is not None for shot in shots) > 1


def test_who_is_not_wanted_is_not_asked() -> None:
    """And an order is carried out within a second, by one request."""
    camera, orders = Camera(), [False] * 10 + [True] + [False] * 10
    shots = list(islice(camera.shots(lambda media_s: orders.pop(0), every_s=600.0), 21))
    assert camera.asked_s == [10.0]
    assert [shot.media_s for shot in shots if shot.picture] == [10.0]


def test_each_picture_is_tried_three_times() -> None:
    """At one look each, with a shot in between, and nobody has to want it again."""
    camera, orders = Camera("stalled", "connection lost"), [True, False, True]
    shots = list(islice(camera.shots(lambda media_s: orders.pop(0)), 4))
    assert [shot.picture for shot in shots] == [None, None, JPEG, None]
    assert camera.asked_s == [0, 1, 2]


def test_after_three_failures_in_a_row_it_is_over() -> None:
    """With the last reason; a success in between counts."""
    camera = Camera("stalled", "stalled", "", "stalled", "stalled", "camera error")
    with pytest.raises(SourceError) as caught:
        list(camera.shots())
    assert caught.value.reason == "camera error"
    assert len(camera.asked_s) == 6


@pytest.mark.parametrize("reason", ["refused", "not found", "certificate refused"])
def test_what_will_not_change_is_not_tried_again(reason: str) -> None:
    """Wrong passwords lock accounts."""
    camera = Camera(reason)
    with pytest.raises(SourceError):
        list(camera.shots())
    assert len(camera.asked_s) == 1


def test_polling_ends_where_there_is_no_single_picture() -> None:
    """Then it is a stream."""
    camera = Camera("", "stream")
    assert [shot.picture for shot in camera.shots()] == [JPEG]
