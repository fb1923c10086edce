"""A real RTSP camera: right rate, logins, losses, frozen links."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import End, Frame
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.conftest import RtspCamera
from tests.producer.scripted import pictured

Pictured = Iterator[Frame | End]


def messages_of(url: str, stop: threading.Event | None = None) -> Pictured:
    """The camera's frames and ends in real time."""
    return pictured(produce(Plan(url=url, camera="porch"), SystemClock(), (stop or threading.Event()).wait))


def next_frame(messages: Pictured) -> Frame:
    """The next message, which is to be a frame."""
    message = next(messages)
    assert isinstance(message, Frame)
    return message


@pytest.mark.alone
def test_a_camera_is_read_at_its_own_rate(camera: RtspCamera) -> None:
    """Thirty pictures of ten per second, numbered, a tenth of a second apart, hardly later than they were made."""
    messages = messages_of(camera.url())
    next_frame(messages)
    frames = [next_frame(messages) for _ in range(30)]
    assert [frame.seq for frame in frames] == list(range(1, 31))
    assert (frames[-1].captured_at - frames[0].captured_at) / 1e9 == pytest.approx(2.9, abs=0.3)
    assert abs(time.time_ns() - frames[-1].captured_at) < 500_000_000
    assert (frames[0].width, frames[0].height) == (320, 240)


def test_a_login_with_odd_characters_works_and_is_told_nowhere(
    locked_camera: RtspCamera, caplog: pytest.LogCaptureFixture
) -> None:
    """The password is part of the URL, percent-encoded."""
    with caplog.at_level(logging.DEBUG):
        next_frame(messages_of(locked_camera.url("viewer:horse%40battery@")))
    assert "battery" not in caplog.text


def test_a_wrong_password_is_said_and_not_shown(locked_camera: RtspCamera, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again until it is stopped."""
    stop = threading.Event()
    threading.Timer(2.0, stop.set).start()
    with caplog.at_level(logging.DEBUG):
        assert list(messages_of(locked_camera.url("viewer:stapler@"), stop)) == []
    assert "user name or password refused" in caplog.text
    assert "stapler" not in caplog.text


def test_a_camera_that_dies_ends_its_boot_and_is_found_again(camera: RtspCamera) -> None:
    """The next picture is the first one of a new boot."""
    messages = messages_of(camera.url())
    first = next_frame(messages)
    camera.kill()
    end = next(message for message in messages if isinstance(message, End))
    assert (end.boot, end.reason) == (first.boot, "connection lost")
    camera.start()
    again = next_frame(messages)
    assert (again.seq, again.boot == first.boot) == (0, False)


def test_a_frozen_link_is_noticed_and_left(camera: RtspCamera) -> None:
    """Within fifteen seconds; once it moves again the pictures do, too, within thirty."""
    messages = messages_of(camera.url())
    next_frame(messages)
    camera.freeze()
    frozen_at = time.monotonic()
    end = next(message for message in messages if isinstance(message, End))
    assert time.monotonic() - frozen_at < 15
    assert end.reason == "stalled"
    camera.thaw()
    thawed_at = time.monotonic()
    assert next_frame(messages).seq == 0
    assert time.monotonic() - thawed_at < 30
