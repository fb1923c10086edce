"""What is asked for is what comes, of a real RTSP camera in real time."""

import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import Frame
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.conftest import RtspCamera

pytestmark = pytest.mark.alone

FPS = 15
WATCHED_S = 6.0
ASKED: dict[str, tuple[dict[str, float], float]] = {
    "--fps 5": ({"fps": 5.0}, 5.0),
    "--fps 4": ({"fps": 4.0}, 4.0),
    "-f 3": ({"every": 3}, FPS / 3),
    "--interval 0.5": ({"fps": 1 / 0.5}, 2.0),
}


@pytest.fixture(scope="module")
def rates(needs_gstreamer: None) -> Iterator[dict[str, float]]:
    """Frames per second that came, all of one camera and at the same time."""
    found: dict[str, float] = {}
    camera = RtspCamera(fps=FPS)

    def watch(name: str, fields: dict[str, float], expected: float) -> None:
        plan = Plan(url=camera.url(), camera="porch", **fields)  # type: ignore[arg-type]
        messages = produce(plan, SystemClock(), threading.Event().wait)
        frames = (time.monotonic() for message in messages if isinstance(message, Frame))
        came_s = list(islice(frames, 1 + round(WATCHED_S * expected)))
        found[name] = (len(came_s) - 1) / (came_s[-1] - came_s[0])

    threads = [threading.Thread(target=watch, args=(name, *asked)) for name, asked in ASKED.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield found
    camera.kill()


@pytest.mark.parametrize("name", ASKED)
def test_the_asked_rate_comes_within_five_percent(rates: dict[str, float], name: str) -> None:
    """Counted by the clock, not by the stream's own times."""
    assert rates[name] == pytest.approx(ASKED[name][1], rel=0.05)
