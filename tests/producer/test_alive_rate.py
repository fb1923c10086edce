"""What is asked for is what comes, of a real RTSP camera in real time."""

import threading
import time
from itertools import islice
from typing import Any, NamedTuple

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import Frame
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.conftest import RtspCamera
from tests.producer.fleet_rig import until

pytestmark = pytest.mark.alone

FPS = 15
WATCHED_S = 6.0
PATIENCE_S = 30.0
BURST = 2
"""The first ones may come at once."""
ASKED: dict[str, tuple[dict[str, Any], float]] = {
    "--fps 5": ({"fps": 5.0}, 5.0),
    "--fps 4": ({"fps": 4.0}, 4.0),
    "-f 3": ({"every": 3}, FPS / 3),
    "--interval 0.5": ({"fps": 1 / 0.5}, 2.0),
    "--key-frames only": ({"key_frames": "only"}, 1.0),
}


class Rates(NamedTuple):
    """Frames per second, by the clock as they came and by the times that they carry."""

    came: float
    captured: float


@pytest.fixture(scope="module")
def rates(needs_gstreamer: None) -> dict[str, Rates]:
    """All of one camera and at the same time."""
    found: dict[str, Rates] = {}
    camera, stop = RtspCamera(fps=FPS), threading.Event()

    def watch(name: str, fields: dict[str, Any], expected: float) -> None:
        messages = produce(Plan(url=camera.url(), camera="porch", **fields), SystemClock(), stop.wait)
        frames = ((time.monotonic(), message.captured_at) for message in messages if isinstance(message, Frame))
        count = round(WATCHED_S * expected)
        first, *_, last = islice(frames, BURST, BURST + count + 1)
        found[name] = Rates(count / (last[0] - first[0]), count / (last[1] - first[1]) * 1e9)

    threads = [threading.Thread(target=watch, args=(name, *asked), daemon=True) for name, asked in ASKED.items()]
    try:
        with camera.looked_at():
            for thread in threads:
                thread.start()
            until(lambda: len(found) == len(ASKED), PATIENCE_S)
    finally:
        stop.set()
        camera.kill()
    return found


@pytest.mark.parametrize("name", ASKED)
def test_the_asked_rate_comes_within_five_percent(rates: dict[str, Rates], name: str) -> None:
    """Counted by the clock, and by the frames' own times."""
    assert rates[name] == pytest.approx((ASKED[name][1], ASKED[name][1]), rel=0.05)
