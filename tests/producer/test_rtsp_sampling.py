"""A real RTSP camera: over UDP, and a flood."""

import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import End, Frame
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import Shot
from services.producer.sources.urls import read_url
from tests.producer.conftest import RtspCamera
from tests.producer.scripted import pictured


def frames(plan: Plan, count: int) -> list[Frame]:
    """As many, without the first two, which may come in a burst."""
    messages: Iterator[Frame | End] = pictured(produce(plan, SystemClock(), threading.Event().wait))
    return [message for message in islice(messages, count + 2) if isinstance(message, Frame)][2:]


@pytest.mark.parametrize("transport", ["udp", "tcp-then-udp"])
def test_a_camera_is_read_over_udp_where_that_is_asked_for(camera: RtspCamera, transport: str) -> None:
    """Ten pictures."""
    got = frames(Plan(url=camera.url(), camera="c", rtsp_transport=transport), 10)
    assert [frame.seq for frame in got] == list(range(2, 12))


@pytest.mark.alone
def test_of_a_flood_the_newest_pictures_are_taken(needs_gstreamer: None) -> None:
    """Sixty a second for somebody who takes a twentieth of a second for each: late by two seconds and a bit at most."""
    camera = RtspCamera(fps=60)
    try:
        url = camera.url()
        taken, left_out, least_s, late_s = 0, 0, float("inf"), 0.0
        with open_source(read_url(url), Plan(url=url, camera="c"), lambda media_s: True) as shots:
            for shot in shots:
                assert isinstance(shot, Shot)
                if shot.media_s > 8:
                    break
                delay_s = time.monotonic() - shot.media_s
                least_s = min(least_s, delay_s)
                late_s = max(late_s, delay_s - least_s)
                left_out += shot.behind
                if shot.picture is not None:
                    taken += 1
                    time.sleep(0.05)
    finally:
        camera.kill()
    assert left_out > 100
    assert taken > 60
    assert late_s < 3
