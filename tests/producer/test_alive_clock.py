"""The times of a real RTSP camera's pictures: evenly spaced over a bad network, and those of the camera."""

import logging
import statistics
import threading
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import Frame
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.stream_clock import BELIEVED_S
from tests.producer.conftest import RtspCamera
from tests.producer.wire import Wire

pytestmark = pytest.mark.alone

FPS = 20


class ShiftedClock(SystemClock):
    """This machine's, an hour ahead."""

    def now_ns(self) -> int:
        return super().now_ns() + 3600 * 10**9


def watched(url: str, pictures: int, clock: SystemClock) -> list[tuple[Frame, int]]:
    """Frames and when each of them came (UTC ns)."""
    messages = produce(Plan(url=url, camera="porch"), clock, threading.Event().wait)
    frames = ((message, clock.now_ns()) for message in messages if isinstance(message, Frame))
    return list(islice(frames, pictures))


def unevenness_s(times_ns: list[int]) -> float:
    """How far, in the mean, from one picture to the next it is not what it should be."""
    return statistics.fmean(abs((later - earlier) / 1e9 - 1 / FPS) for earlier, later in pairwise(times_ns))


@pytest.fixture
def quick_camera(needs_gstreamer: None) -> Iterator[RtspCamera]:
    made = RtspCamera(fps=FPS)
    yield made
    made.kill()


def test_pictures_that_come_in_fits_and_starts_are_evenly_spaced(quick_camera: RtspCamera) -> None:
    """0.3 s of silence each second: nothing of it is left in the times of the pictures."""
    with Wire(quick_camera.port, lambda number: 0.3 if number % FPS == FPS - 1 else 0) as wire:
        frames = watched(wire.url(), 4 * FPS, SystemClock())
    came = unevenness_s([at_ns for _, at_ns in frames[FPS:]])
    taken = unevenness_s([frame.captured_at for frame, _ in frames[FPS:]])
    assert came > 0.01
    assert taken < came / 5
    assert all(frame.captured_at < at_ns + 10_000_000 for frame, at_ns in frames)


def test_the_time_on_the_way_is_known_by_the_cameras_own_clock(quick_camera: RtspCamera) -> None:
    """All comes 0.3 s late; after its first report (RTCP) pictures have the times at which they were taken."""
    with Wire(quick_camera.port, lambda number: 0.3) as wire:
        frames = watched(wire.url(), 6 * FPS, SystemClock())
    late_s = [(at_ns - frame.captured_at) / 1e9 for frame, at_ns in frames]
    assert min(late_s[:10]) < 0.1
    assert 0.29 < min(late_s[-10:]) < 0.6


def test_a_camera_whose_clock_is_wrong_is_not_believed_and_said_once(
    quick_camera: RtspCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """An hour behind ours: pictures have the times at which they came."""
    with caplog.at_level(logging.WARNING):
        frames = watched(quick_camera.url(), 3 * FPS, ShiftedClock())
    assert all(-0.01 < (at_ns - frame.captured_at) / 1e9 < BELIEVED_S for frame, at_ns in frames)
    assert min(at_ns - frame.captured_at for frame, at_ns in frames[-10:]) < 100_000_000
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "the camera's clock is more than 5 s off: its times are not used"
    ]
