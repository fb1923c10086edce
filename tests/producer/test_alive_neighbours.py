"""One bad camera never disturbs another: they share a process and nothing else."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import Frame, Message
from services.producer.backoff import Wait
from services.producer.fleet.cameras import Cameras
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer import hostile_cameras as cameras
from tests.producer.drawn_camera import Step, camera, evenly
from tests.producer.hostile_cameras import Behave, hostile

pytestmark = pytest.mark.alone

FPS = 20
WATCHED_S = 3.0


def endless(fps: int, speed: float) -> Iterator[Step]:
    """A minute's pictures and then the same again, with times that go on."""
    for minute in count():
        yield from evenly(60 * fps, fps=fps, speed=speed, first_s=60.0 * minute)


def make(plan: Plan, wait: Wait) -> Iterator[Message]:
    """In real time; a camera named "bug" has one."""
    if plan.camera == "bug":
        raise ZeroDivisionError
    return produce(plan, SystemClock(), wait)


def rates(**behaviours: Behave) -> Counter[str]:
    """Frames of each camera in the same time, from the first one of "good" on."""
    with ExitStack() as servers:
        urls = {name: servers.enter_context(hostile(behave)).url() for name, behave in behaviours.items()}
        stop = threading.Event()
        fleet = Cameras(make, lambda: None, stop, lambda reason: None, fleet=True)
        fleet.follow({name: Plan(url=url, camera=name) for name, url in urls.items()})
        found: Counter[str] = Counter()
        until_s = float("inf")
        for message in fleet.messages():
            if isinstance(message, Frame):
                if message.camera == "good" and until_s == float("inf"):
                    found.clear()
                    until_s = time.monotonic() + WATCHED_S
                found[message.camera] += 1
            if time.monotonic() > until_s:
                stop.set()
        return found


def test_a_good_camera_keeps_its_rate_beside_bad_ones() -> None:
    """Beside cameras that do not answer, send nothing, break off, flood and meet a bug in each attempt."""
    good = camera(lambda: endless(FPS, speed=1))
    alone = rates(good=good)
    flood = camera(lambda: endless(60, speed=5))
    bad = {"stuck": cameras.silent, "mute": cameras.plays(cameras.silent), "closed": cameras.closes}
    beside = rates(good=good, flood=flood, bug=cameras.closes, noise=cameras.plays(cameras.noise_as_video), **bad)
    assert alone["good"] > WATCHED_S * FPS * 0.8
    assert beside["good"] > alone["good"] * 0.9
    assert beside["flood"] > 0
