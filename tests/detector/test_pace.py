"""Which frames are looked at."""

import pytest

from libs.common.messages import Frame, replace
from libs.common.testing import FakeClock, frame
from services.detector.pace import Pace

PICTURE = frame()


def at(seconds: float, camera: str = "porch", **fields: object) -> Frame:
    """A frame so many seconds after the first; its picture does not matter here."""
    return replace(PICTURE, camera=camera, captured_at=PICTURE.captured_at + round(seconds * 1e9), **fields)


def looks(pace: Pace, clock: FakeClock, frames: list[Frame], cost_s: float = 0.005, play_speed: float = 1) -> list[int]:
    """Which of the frames are looked at while they are played; a look takes its time on the clock, too."""
    taken, before = [], frames[0].captured_at
    for index, each in enumerate(frames):
        clock.advance((each.captured_at - before) / 1e9 / play_speed)
        before = each.captured_at
        if pace.due(each):
            pace.looked(each, cost_s)
            taken.append(index)
    return taken


def stream(fps: float, seconds: float, camera: str = "porch") -> list[Frame]:
    return [at(number / fps, camera) for number in range(round(fps * seconds))]


def test_a_fast_detector_looks_at_every_frame() -> None:
    """Five milliseconds at ten frames a second."""
    clock = FakeClock()
    assert looks(Pace(clock), clock, stream(10, 5)) == list(range(50))


def test_a_slow_detector_keeps_up() -> None:
    """A look of 300 ms asks for a rest of 360 ms: every fourth frame, 0.75 of the time."""
    clock = FakeClock()
    assert looks(Pace(clock), clock, stream(10, 4), cost_s=0.3) == list(range(0, 40, 4))


def test_cameras_share_the_time() -> None:
    """Two cameras: each is looked at half as often."""
    clock = FakeClock()
    frames = [each for pair in zip(stream(10, 8, "a"), stream(10, 8, "b"), strict=True) for each in pair]
    taken = looks(Pace(clock), clock, frames, cost_s=0.3)
    for camera in ("a", "b"):
        assert 9 <= sum(frames[index].camera == camera for index in taken) <= 11


def test_a_camera_that_went_silent_shares_no_more() -> None:
    """After ten seconds the other one has all the time."""
    clock = FakeClock()
    pace = Pace(clock)
    pace.looked(at(0, "gone"), 0.3)
    clock.advance(11)
    assert looks(pace, clock, stream(10, 4), cost_s=0.3) == list(range(0, 40, 4))


def test_at_most_so_many_looks_a_second() -> None:
    """On the average exactly as many as were asked for, whatever the camera's rate."""
    for fps, infer_fps in ((10, 1), (10, 3), (25, 4), (30, 7)):
        clock = FakeClock()
        taken = looks(Pace(clock, infer_fps), clock, stream(fps, 20), cost_s=0.001)
        assert 20 * infer_fps - 2 <= len(taken) <= 20 * infer_fps + 1


def test_jitter_does_not_halve_the_rate() -> None:
    """Ten looks a second of a camera that gives ten frames a second, each up to 8 ms off."""
    clock = FakeClock()
    frames = [at(number / 10 + (number * 7 % 5 - 2) * 0.004) for number in range(100)]
    assert len(looks(Pace(clock, 10), clock, frames)) >= 98


def test_a_replay_at_full_speed_is_looked_at_as_densely() -> None:
    """The rest is measured in the stream's own time."""
    clock = FakeClock()
    taken = looks(Pace(clock), clock, stream(10, 40), cost_s=0.3, play_speed=100)
    assert len(taken) == 100


def test_one_slow_look_does_not_set_the_pace() -> None:
    """The cost is a running mean."""
    clock = FakeClock()
    pace = Pace(clock)
    for number in range(20):
        pace.looked(at(number / 10), 0.005)
    pace.looked(at(2.0), 0.2)
    assert pace.due(at(2.1))


def test_the_first_frame_of_a_boot_is_looked_at() -> None:
    """Between two boots nothing is carried."""
    pace = Pace(FakeClock())
    pace.looked(at(0), 5.0)
    assert not pace.due(at(0.1))
    assert pace.due(at(0.1, boot="00000002"))


def test_stills_are_always_looked_at_and_leave_the_stream_its_schedule() -> None:
    """They stand alone."""
    pace = Pace(FakeClock(), infer_fps=1)
    pace.looked(at(0), 0.01)
    assert pace.due(at(0.1, still=True))
    pace.looked(at(0.1, still=True), 0.01)
    assert not pace.due(at(0.5))
    assert pace.due(at(1.0))


def test_time_that_goes_back_stops_nothing() -> None:
    """A producer that broke its promise is looked at rather than carried for hours."""
    pace = Pace(FakeClock(), infer_fps=1)
    pace.looked(at(3600), 0.01)
    assert pace.due(at(0))


def test_a_forgotten_camera_is_looked_at_at_once() -> None:
    """What came before is not known any more."""
    pace = Pace(FakeClock(), infer_fps=1)
    pace.looked(at(0), 0.01)
    pace.forget("porch")
    assert pace.due(at(0.1))


def test_looks_too_far_apart_to_show_anything_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Behind them a redactor withholds; again only after they were quick."""
    clock = FakeClock()
    pace = Pace(clock)
    looks(pace, clock, stream(10, 20), cost_s=2.0)
    assert [record.getMessage() for record in caplog.records] == [
        "porch: there is time for a look every 2.4 s only: a redactor with --max-gap 1 shows nothing of it"
    ]
    looks(pace, clock, stream(10, 20), cost_s=0.005)
    looks(pace, clock, stream(10, 20), cost_s=2.0)
    assert len(caplog.records) == 2
