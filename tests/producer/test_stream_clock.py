"""When the pictures of a live source were taken: their spacing is the stream's, their place is ours."""

from itertools import pairwise

import pytest

from libs.common.testing import FakeClock
from services.producer.sources.reasons import JUMP, WRONG_CLOCK, WRONG_PACE
from services.producer.sources.shots import Shot
from services.producer.stream_clock import BELIEVED_S, StreamClock


class Rig:
    """A boot that began now, and pictures that come at given moments."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.began_s, self.began_ns = self.clock.running_s, self.clock.wall_ns
        self.odd: list[str] = []
        self.times = StreamClock(0.0, lambda: self.clock.running_s - self.began_s, self.clock, self.odd.append)

    def take(self, media_s: float, arrived_s: float, told_s: float | None = None, jumped: bool = False) -> float:
        """`told_s`: when it was taken by the camera's clock, as all in seconds since the start."""
        self.clock.advance(self.began_s + arrived_s - self.clock.running_s)
        wall_ns = None if told_s is None else self.began_ns + round(told_s * 1e9)
        return self.times.taken_s(Shot(media_s, None, wall_ns, jumped))


def spacings(times: list[float]) -> list[float]:
    """From each to the next."""
    return [later - earlier for earlier, later in pairwise(times)]


def test_late_pictures_keep_the_spacing_of_the_stream() -> None:
    """A second without pictures and then ten at once: they were taken a tenth of a second apart."""
    rig = Rig()
    times = [rig.take(i / 10, max(i / 10, 3.0 if 20 <= i < 30 else 0)) for i in range(100)]
    assert spacings(times) == pytest.approx([0.1] * 99, abs=1e-3)


def test_no_picture_was_taken_after_it_came() -> None:
    """The first one was late itself: as soon as one is in time, the others are placed by it."""
    rig = Rig()
    arrivals = [0.3, 0.31, 0.32, 0.33, *(i / 10 for i in range(4, 50))]
    times = [rig.take(i / 10, arrived_s) for i, arrived_s in enumerate(arrivals)]
    assert all(time <= arrived_s + 1e-9 for time, arrived_s in zip(times, arrivals, strict=True))
    assert min(spacings(times)) > 0
    assert spacings(times)[5:] == pytest.approx([0.1] * 44, abs=1e-3)


@pytest.mark.parametrize("drift", [-400e-6, 400e-6])
def test_a_camera_whose_clock_runs_wrong_is_followed(drift: float) -> None:
    """An hour of 400 ppm would be a second and a half; it is a few milliseconds at any time, jitter or not."""
    rig = Rig()
    for i in range(3600):
        late_s = 0.3 if i % 7 == 3 else 0.0
        error_s = rig.take(i * (1 + drift), i + late_s) - i
        assert abs(error_s) < 0.01
    assert rig.odd == []


def test_the_cameras_own_clock_tells_how_late_its_pictures_are() -> None:
    """They take a fifth of a second; from the first report on times move there without a leap."""
    rig = Rig()
    times = [rig.take(i / 10, i / 10 + 0.2, i / 10 if i >= 20 else None) for i in range(150)]
    assert times[:20] == pytest.approx([i / 10 + 0.2 for i in range(20)], abs=1e-3)
    assert times[-50:] == pytest.approx([i / 10 for i in range(100, 150)], abs=1e-3)
    assert spacings(times) == pytest.approx([0.1] * 149, abs=0.1 * 0.101)


def test_a_boot_that_begins_with_a_report_begins_with_it() -> None:
    """Its first time lies before the boot: that is when the picture was taken."""
    rig = Rig()
    assert rig.take(0.0, 0.0, -0.2) == pytest.approx(-0.2)
    assert rig.take(0.1, 0.1, -0.1) == pytest.approx(-0.1)


def test_a_camera_that_is_ahead_is_believed_up_to_now() -> None:
    """A picture of the future was taken when it came; jitter is taken out as without reports."""
    rig = Rig()
    times = [rig.take(i / 10, i / 10 + (0.05 if i % 3 else 0), i / 10 + 0.4) for i in range(60)]
    assert times == pytest.approx([i / 10 for i in range(60)], abs=1e-3)
    assert rig.odd == []


@pytest.mark.parametrize("off_s", [-1e9, -3600, -BELIEVED_S - 1, BELIEVED_S + 1, 3600, 1e9])
def test_a_camera_whose_clock_is_wrong_is_not_believed(off_s: float) -> None:
    """Its pictures have the times that they would have without its reports. It is told once in a boot."""
    rig = Rig()
    times = [rig.take(i / 10, i / 10, i / 10 + off_s) for i in range(60)]
    assert times == pytest.approx([i / 10 for i in range(60)], abs=1e-3)
    assert rig.odd == [WRONG_CLOCK]


def test_a_camera_that_sets_its_clock_is_followed_slowly() -> None:
    """It was a second behind, then it is right: no time comes twice, none leaps."""
    rig = Rig()
    times = [rig.take(i / 10, i / 10 + 0.01, i / 10 - (1.0 if i < 100 else 0.0)) for i in range(500)]
    assert min(spacings(times)) > 0.089
    assert times[90] == pytest.approx(8.0)
    assert times[-1] == pytest.approx(49.9, abs=0.01)


@pytest.mark.parametrize("pace", [0.0001, 0.4, 0.8])
def test_a_stream_whose_times_are_too_slow_is_found_out(pace: float) -> None:
    """From then on pictures have the times at which they come. It is told once."""
    rig = Rig()
    errors_s = [rig.take(i / 10 * pace, i / 10) - i / 10 for i in range(600)]
    assert min(errors_s) > -BELIEVED_S - 0.2
    assert errors_s[-100:] == pytest.approx([0.0] * 100, abs=1e-9)
    assert rig.odd == [WRONG_PACE]


@pytest.mark.parametrize("pace", [1.2, 3.0, 1000.0])
def test_a_stream_whose_times_are_too_fast_has_those_of_arrival(pace: float) -> None:
    """No picture comes before it was taken."""
    rig = Rig()
    assert [rig.take(i / 10 * pace, i / 10) for i in range(100)] == pytest.approx([i / 10 for i in range(100)])


def test_a_jump_of_the_streams_time_begins_anew() -> None:
    """How long it took is known by arrival alone."""
    rig = Rig()
    times = [rig.take(i / 10, i / 10) for i in range(10)]
    times += [rig.take(1 + i / 10, 4 + i / 10, jumped=i == 0) for i in range(10)]
    assert times[10:] == pytest.approx([4 + i / 10 for i in range(10)])
    assert rig.odd == [JUMP]


def test_a_part_of_the_stream_lies_where_its_pictures_lie() -> None:
    """It is handed over after its last picture came."""
    rig = Rig()
    taken_s = [rig.take(i / 10, i / 10 + (0.5 if i else 0)) for i in range(10)]
    assert rig.times.at_s(0.5) == pytest.approx(taken_s[5], abs=1e-3)
