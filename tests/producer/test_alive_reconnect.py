"""Cameras that come and go: opened again for ever, and nothing of it is left behind."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count, islice, pairwise
from pathlib import Path

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import End, Event, Frame, Message, Status
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.reasons import JUMP
from services.producer.sources.shots import Shot, Shots, SourceError, Wants
from services.producer.sources.urls import Source
from tests.producer import hostile_cameras as cameras
from tests.producer.drawn_camera import Step, camera, evenly
from tests.producer.hostile_cameras import Behave, hostile
from tests.producer.scripted import FakeWait, image

MOST_MIB = 10


def at_once(seconds: float) -> bool:
    """Waits for nothing."""
    return False


def watched(url: str, **fields: object) -> Iterator[Message]:
    """In real time, but without waits between attempts."""
    return produce(Plan(url=url, camera="porch", **fields), SystemClock(), at_once)  # type: ignore[arg-type]


def held() -> tuple[int, int, float]:
    """This process' threads, descriptors, MiB of memory."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["Threads"]), len(os.listdir("/proc/self/fd")), int(status["VmRSS"].split()[0]) / 1024


def settled() -> tuple[int, int, float]:
    """The same once the threads of the servers of this test have ended."""
    deadline_s = time.monotonic() + 10
    while any("meet" in thread.name for thread in threading.enumerate()) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return held()


def in_turn(*behaviours: Behave) -> Behave:
    """Each visitor meets the next one."""
    number = count()
    return lambda visitor: behaviours[next(number) % len(behaviours)](visitor)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_two_hundred_reconnects_leave_nothing_behind() -> None:
    """As many refusals and closed doors between: threads and descriptors as before, memory within 10 MiB."""
    working = camera(lambda: evenly(16, speed=0))
    closing = [cameras.answers("401 No", 'WWW-Authenticate: Basic realm="c"'), cameras.closes, cameras.web_page]
    with hostile(in_turn(working, *closing)) as server:
        messages = watched(server.url("me:word@"))
        ends = (message for message in messages if isinstance(message, End))
        deque(islice(ends, 15), maxlen=0)
        visits, before = server.visits, settled()
        deque(islice(ends, 200), maxlen=0)
        after = settled()
    assert server.visits - visits >= 800
    # Fewer, where something of an earlier test ended meanwhile.
    assert after[0] <= before[0]
    assert after[1] <= before[1]
    assert after[2] - before[2] < MOST_MIB


def test_a_server_that_closes_at_once_is_visited_ever_more_seldom() -> None:
    """A hundred times; half a second, one, two … ten between, one line in the log."""
    waits_s: list[float] = []

    def note(seconds: float) -> bool:
        waits_s.append(seconds)
        return len(waits_s) >= 100

    troubles: list[str] = []
    with hostile(cameras.closes) as server:
        plan = Plan(url=server.url(), camera="porch")
        messages = list(produce(plan, SystemClock(), note, trouble=troubles.append))
    assert server.visits == 100
    assert troubles == ["no-answer"] * 100
    assert waits_s[5:] == pytest.approx([8.75] * 95, abs=1.25)
    assert [type(message) for message in messages] == [Event, Status]


def test_the_first_pictures_of_an_opening_are_not_lost() -> None:
    """A camera begins with a key frame; who drops it while looking at the stream's form waits for the next one."""
    with hostile(camera(lambda: evenly(30, speed=4))) as server:
        messages = list(islice(watched(server.url()), 40))
    ends = [message.last_seq for message in messages if isinstance(message, End)]
    assert ends == [29]


def test_a_camera_that_changes_its_size_goes_on() -> None:
    """Frames say the size that they have; the boot is the same, for the source was not opened again."""
    with hostile(camera(lambda: chain(evenly(20, speed=0), evenly(8, speed=0, first_s=2, size=(96, 64))))) as server:
        messages = list(islice(watched(server.url()), 60))
    first_end = next(i for i, message in enumerate(messages) if isinstance(message, End))
    frames = [message for message in messages[:first_end] if isinstance(message, Frame)]
    assert {(frame.width, frame.height) for frame in frames} == {(64, 48), (96, 64)}
    assert [frame.seq for frame in frames] == list(range(len(frames)))


def jumping(by_s: float) -> Iterator[Step]:
    """Three seconds of pictures, whose times are others from the middle on."""
    for number, (wait_s, stamp_s, picture) in enumerate(evenly(60, fps=20, speed=2)):
        yield wait_s, stamp_s + (by_s if number >= 40 else 0) + 7200, picture


@pytest.mark.parametrize("by_s", [-3600.0, -30.0, 70.0, 3600.0])
def test_a_jump_of_the_streams_time_is_noticed_and_times_go_on(by_s: float) -> None:
    """Said once, counted, no new boot; what comes after it lies where it came."""
    troubles: list[str] = []
    with hostile(camera(lambda: jumping(by_s))) as server:
        plan = Plan(url=server.url(), camera="porch")
        messages = produce(plan, SystemClock(), at_once, trouble=troubles.append)
        until_end: list[Message] = []
        for message in messages:
            until_end.append(message)
            if isinstance(message, End):
                break
        messages.close()  # type: ignore[attr-defined]
    times = [message.captured_at for message in until_end if isinstance(message, Frame)]
    assert troubles.count(JUMP) == 1
    assert len(times) > 30
    assert all(0 < later - earlier < 10**9 for earlier, later in pairwise(times))


@pytest.mark.alone
def test_a_flood_is_thinned_to_the_asked_rate() -> None:
    """Sixty pictures a second, sent twenty times as fast as that: five per second of the stream's time come out."""
    with hostile(camera(lambda: evenly(600, fps=60, speed=20))) as server:
        messages = watched(server.url(), fps=5.0)
        frames = 0
        for message in messages:
            frames += isinstance(message, Frame)
            if isinstance(message, End):
                break
    assert 40 <= frames <= 51


class Hour:
    """A camera that is away for an hour, each time for another reason."""

    def __init__(self, clock: FakeClock, wait: FakeWait) -> None:
        self._clock, self._wait, self._began_s = clock, wait, clock.running_s
        self._reasons = count()
        self.attempts = 0

    @contextmanager
    def __call__(self, source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        self.attempts += 1
        if 30 < self._clock.running_s - self._began_s < 3630:
            reason = ("unreachable", "refused", "stalled")[next(self._reasons) % 3]
            raise SourceError(f"camera: {reason}", reason)
        yield self._shots()

    def _shots(self) -> Shots:
        for second in range(31):
            yield Shot(float(second), image())
            self._clock.advance(1)
            self._wait.stop = self._clock.running_s - self._began_s > 3650


@pytest.mark.parametrize("secondary", [None, "rtsp://secondary/2"])
def test_an_outage_of_an_hour_is_two_events(secondary: str | None) -> None:
    """Lost and back, however often and for whatever reasons it was tried in between; and one line for each reason."""
    wait = FakeWait(FakeClock())
    camera = Hour(wait.clock, wait)
    plan = Plan(url="rtsp://camera/1", secondary_url=secondary, camera="porch")
    messages = list(produce(plan, wait.clock, wait, opener=camera))
    kinds = [message.kind for message in messages if isinstance(message, Event)]
    assert kinds == ["camera.connected", "camera.disconnected", "camera.connected"]
    assert 360 <= camera.attempts <= 1000
