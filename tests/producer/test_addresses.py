"""A primary and a secondary URL: which one is read, how it is changed, what is told."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest

from libs.common.errors import FatalError
from libs.common.messages import End, Event, Frame, Message, Status
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.addresses import LONGEST_TRIAL_S, PRIMARY_BACK
from services.producer.sources.shots import Shots, SourceError, Wants
from services.producer.sources.urls import Source
from services.producer.try_camera import try_cameras
from tests.producer.drawn_camera import camera, evenly
from tests.producer.hostile_cameras import closes, hostile
from tests.producer.scripted import FakeWait, Script, opened

PRIMARY, SECONDARY = "rtsp://primary/1", "rtsp://secondary/2"
PLAN = Plan(url=PRIMARY, secondary_url=SECONDARY, camera="porch")


class Sites:
    """Two cameras: one script for each opening, a text for a refusal; then it asks to stop."""

    def __init__(self, wait: FakeWait, **scripts: list[Script | str]) -> None:
        self._wait, self._scripts = wait, {name: iter(each) for name, each in scripts.items()}
        self.opened: list[str] = []
        self.closed: list[str] = []

    @contextmanager
    def __call__(self, source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        name = "primary" if source.target == PRIMARY else "secondary"
        self.opened.append(name)
        script = next(self._scripts[name], None)
        if script is None:
            self._wait.stop = True
            script = "nothing more"
        if isinstance(script, str):
            raise SourceError(f"{name}: {script}", script)
        try:
            with opened(script, wants) as shots:
                yield shots
        finally:
            self.closed.append(name)


@pytest.fixture
def wait() -> FakeWait:
    """Waits without sleeping."""
    return FakeWait(FakeClock())


def trial_over() -> None:
    """Waits until what runs in the background has ended."""
    for thread in threading.enumerate():
        if thread.name == "porch: trial":
            thread.join(10)
            assert not thread.is_alive()


def later(wait: FakeWait, seconds: float = LONGEST_TRIAL_S) -> Callable[[], Any]:
    """So much later; in a script."""
    return lambda: wait.clock.advance(seconds)


def of(kind: type[Message], messages: list[Message]) -> list[Any]:
    return [message for message in messages if isinstance(message, kind)]


def reasons(messages: list[Message]) -> list[str]:
    return [end.reason for end in of(End, messages)]


def test_they_are_tried_in_order_and_without_a_wait(wait: FakeWait) -> None:
    """The primary first; where it is away, the secondary at once. That is no change of the camera's state."""
    sites = Sites(wait, primary=["away"], secondary=[[0.0, 0.1, lambda: setattr(wait, "stop", True), 0.2]])
    messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sites.opened == ["primary", "secondary"]
    assert [delay for delay in wait.waits_s if delay] == []
    assert [status.state for status in of(Status, messages)] == ["connected"]
    assert len(of(Frame, messages)) == 2


def test_the_other_one_is_next_when_one_is_lost(wait: FakeWait) -> None:
    """A new boot, and nothing is told of the camera, which goes on."""
    sites = Sites(wait, primary=[[0.0, later(wait), 60.0, "stalled"]], secondary=[[0.0, "stalled"]])
    messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sites.opened[:2] == ["primary", "secondary"]
    frames = of(Frame, messages)
    assert [frame.seq for frame in frames] == [0, 1, 0]
    assert len({frame.boot for frame in frames}) == 2
    kinds = [message.kind for message in of(Event, messages)]
    assert kinds == ["camera.connected", "camera.disconnected"]
    assert messages.index(of(Event, messages)[1]) > messages.index(frames[-1])


def test_both_away_is_one_disconnection_and_one_wait_for_both(wait: FakeWait) -> None:
    """Each round tries both, then waits, ever longer."""
    sites = Sites(wait, primary=[[0.0, "away"], *["away"] * 4], secondary=["away"] * 5)
    messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sites.opened == ["primary", "secondary"] * 5 + ["primary"]
    delays = [delay for delay in wait.waits_s if delay]
    assert [0.75 * most <= delay <= most for delay, most in zip(delays, [0.5, 1, 2, 4], strict=False)] == [True] * 4
    assert [message.kind for message in of(Event, messages)] == ["camera.connected", "camera.disconnected"]


def test_the_primary_is_taken_back_without_a_gap(wait: FakeWait) -> None:
    """It is opened in the background while the secondary goes on; then the boots change between two pictures."""
    secondary = [0.0, later(wait, 5), 0.1, later(wait), 0.2, trial_over, 0.3, 0.4]
    sites = Sites(wait, primary=["away", [0.0, 0.1, "lost"]], secondary=[secondary])
    messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sites.opened[:3] == ["primary", "secondary", "primary"]
    frames = of(Frame, messages)
    assert [frame.seq for frame in frames] == [0, 1, 2, 3, 0, 1]
    assert reasons(messages)[:2] == [PRIMARY_BACK, "lost"]
    assert sites.closed[0] == "secondary"


def test_a_primary_that_stays_away_is_tried_now_and_then(wait: FakeWait) -> None:
    """At first after ten seconds, later each minute; nothing of it is said again and again, the secondary goes on."""
    hour = [step for i in range(3600) for step in (float(i), trial_over, later(wait, 1))]
    sites = Sites(wait, primary=["away"] * 1000, secondary=[hour])
    messages = produce(PLAN, wait.clock, wait, opener=sites)
    frames = list(islice((message for message in messages if isinstance(message, Frame)), 3600))
    assert [frame.seq for frame in frames] == list(range(3600))
    assert 60 <= sites.opened.count("primary") - 1 <= 85


def test_a_trial_that_nobody_takes_closes_itself(wait: FakeWait) -> None:
    """The camera is stopped while the primary is being opened: nothing stays open."""
    gate = threading.Event()
    stop = lambda: (setattr(wait, "stop", True), None)  # noqa: E731
    sites = Sites(wait, primary=["away", [gate.wait, 0.0, 0.1]], secondary=[[0.0, later(wait), 0.1, stop, 0.2]])
    list(produce(PLAN, wait.clock, wait, opener=sites))
    gate.set()
    trial_over()
    assert sorted(sites.closed) == ["primary", "secondary"]


def test_a_trial_that_succeeded_and_is_not_taken_is_closed(wait: FakeWait) -> None:
    """The secondary is stopped before its next picture."""
    stop = lambda: (trial_over(), setattr(wait, "stop", True))  # noqa: E731
    sites = Sites(wait, primary=["away", [0.0, 0.1]], secondary=[[0.0, later(wait), 0.1, stop, 0.2]])
    list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sorted(sites.closed) == ["primary", "secondary"]


def test_a_secondary_that_is_lost_while_the_primary_is_tried(wait: FakeWait) -> None:
    """What was found in the background is used at once."""
    secondary = [0.0, later(wait), 0.1, trial_over, "stalled"]
    sites = Sites(wait, primary=["away", [0.0, 0.1, "lost"]], secondary=[secondary])
    messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert sites.opened[:3] == ["primary", "secondary", "primary"]
    assert reasons(messages)[:2] == ["stalled", "lost"]


def test_two_that_come_and_go_are_not_opened_without_end(wait: FakeWait) -> None:
    """One picture of each and it is over: there is a wait after each round, ever longer."""
    sites = Sites(wait, primary=[[0.0, "lost"]] * 6, secondary=[[0.0, "lost"]] * 6)
    list(produce(PLAN, wait.clock, wait, opener=sites))
    delays = [delay for delay in wait.waits_s if delay]
    assert [round(delay) for delay in delays[2:6]] >= [1, 3, 6, 7]


def test_a_bug_in_the_background_is_said_and_hurts_nobody(wait: FakeWait, caplog: pytest.LogCaptureFixture) -> None:
    """The secondary goes on."""

    def broken() -> None:
        raise ZeroDivisionError

    secondary = [0.0, later(wait), 0.1, trial_over, 0.2]
    sites = Sites(wait, primary=["away", [broken]], secondary=[secondary])
    with caplog.at_level(logging.ERROR):
        messages = list(produce(PLAN, wait.clock, wait, opener=sites))
    assert len(of(Frame, messages)) == 3
    assert "a bug while a source was tried" in caplog.text


def test_check_tries_both() -> None:
    """What will be used is reached, or it is said which one is not."""
    with hostile(camera(lambda: evenly(40, speed=4))) as good, hostile(closes) as bad:
        both = try_cameras({"porch": Plan(url=good.url(), secondary_url=good.url(), camera="porch")}, FakeClock())
        assert [line.partition(" as ")[2] for line in both] == ["porch: 64x48"] * 2
        with pytest.raises(FatalError, match=f"1 of 2 .*:{bad.port}"):
            try_cameras({"porch": Plan(url=good.url(), secondary_url=bad.url(), camera="porch")}, FakeClock())
