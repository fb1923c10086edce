"""A camera in trouble: how often it is tried, what is said of it."""

import logging

import pytest

from libs.common.messages import Message
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.scripted import FakeWait, Openings, Script


@pytest.fixture
def wait() -> FakeWait:
    """Waits without sleeping."""
    return FakeWait(FakeClock())


def tried(wait: FakeWait, url: str, *scripts: Script | str) -> list[Message]:
    """All that comes of these openings, one after the other."""
    return list(produce(Plan(url=url, camera="porch"), wait.clock, wait, opener=Openings(wait, *scripts)))


def test_attempts_become_rarer_and_never_stop(wait: FakeWait) -> None:
    """From half a second to ten, a quarter of it by chance; ten seconds of pictures reset it, a single one does not."""
    steady = [0.0, lambda: wait.clock.advance(11), 11.0, "no"]
    tried(wait, "webcam", *["no"] * 8, [0.0, "no"], steady, "no")
    delays = [delay for delay in wait.waits_s if delay]
    for delay, longest in zip(delays, [0.5, 1, 2, 4, 8, 10, 10, 10, 10, 0.5, 1], strict=False):
        assert 0.75 * longest <= delay <= longest
    assert len({round(delay / 10, 6) for delay in delays[5:8]}) == 3


def test_the_same_trouble_is_one_line_in_the_log(wait: FakeWait, caplog: pytest.LogCaptureFixture) -> None:
    """Until the camera has worked for ten seconds, however it comes and goes."""
    steady = [0.0, lambda: wait.clock.advance(11), 11.0, "away"]
    scripts = ["away", "away", "refused", "away", [0.0, "away"], [0.0, "away"], steady, "away", "refused"]
    with caplog.at_level(logging.INFO):
        tried(wait, "rtsp://c:1/1", *scripts)
    lines = [record.message.partition(";")[0] for record in caplog.records]
    up = "rtsp://c:1: pictures of 32x16 come in"
    assert lines[:6] == [
        "camera: away",
        "camera: refused",
        up,
        "camera: away",
        "camera: refused",
        "camera: nothing more",
    ]
