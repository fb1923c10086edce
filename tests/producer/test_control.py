"""The topic of commands: where reading begins, what is refused, and that nothing on it stops a camera."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, partition_of
from libs.common.errors import FatalError
from libs.common.memory_bus import MemoryBus
from libs.common.messages import Trigger
from services.producer.orders.control import Control
from tests.common.every_message import messages
from tests.producer.commands_rig import Rig, trigger, warnings

OTHERS = [each for each in messages().values() if not isinstance(each, Trigger)]


class Topic:
    """A topic of commands in memory, and the thread that reads it."""

    def __init__(self, rig: Rig, exists: bool = True) -> None:
        self.rig, self.bus, self.stop = rig, MemoryBus(), threading.Event()
        self.exists, self.or_hidden = exists, ""
        self.connections = 0

    def write(self, value: bytes | None, key: bytes | None = b"porch") -> None:
        self.bus.append(Place("control", partition_of((key or b"porch").decode(), 6)), key, value)

    def send(self, *sent: Trigger) -> None:
        for each in sent:
            self.write(codec.encode(each), each.camera.encode())

    def read(self, until: Callable[[], bool], *troubles: Exception) -> None:
        """Read with the real loop until the fact is there; a connection fails with each trouble first."""
        failing = iter(troubles)

        def connect() -> tuple[Reader, bool]:
            self.connections += 1
            if (trouble := next(failing, None)) is not None:
                raise trouble
            return Stopping(self, until), self.exists

        Control(connect, self.rig.commands, self.stop, self.or_hidden, lambda seconds: None).run()


class Stopping:
    """A reader that asks to stop once the fact is there, or after too long."""

    def __init__(self, topic: Topic, until: Callable[[], bool]) -> None:
        self._topic, self._until, self._polls = topic, until, 0
        self._reader = topic.bus.reader(["control"])

    def poll(self, timeout_s: float) -> Any:
        batch = self._reader.poll(0)
        self._polls += 1
        if self._until() or self._polls > 1000:
            self._topic.stop.set()
        return batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_reading_begins_with_what_comes_from_now_on(rig: Rig) -> None:
    """What was asked of an earlier process was its own business, however young it is."""
    topic = Topic(rig)
    topic.send(trigger(name="before"))
    assert not rig.porch.wanted()
    polls = iter(range(1000))

    def then() -> bool:
        if next(polls) == 1:
            topic.send(trigger(name="after"))
        return rig.porch.wanted()

    topic.read(then)
    assert rig.stills() == ["after"]


def test_a_topic_that_is_made_later_is_read_from_its_beginning(rig: Rig) -> None:
    """Its first message made it."""
    topic = Topic(rig, exists=False)
    topic.send(trigger(name="first"))
    topic.read(rig.porch.wanted)
    assert rig.stills() == ["first"]


def test_what_is_no_trigger_is_refused_and_the_next_one_is_done(rig: Rig) -> None:
    """Bytes, other messages, tombstones, another camera's key."""
    topic = Topic(rig, exists=False)
    for value in (b"", b"\xc1", b"\x81\xa1v\x01", None, *(codec.encode(each) for each in OTHERS)):
        topic.write(value)
    topic.write(codec.encode(trigger(name="stolen", camera="yard")), b"porch")
    topic.send(trigger(name="good"))
    topic.read(rig.porch.wanted)
    assert rig.stills() == ["good"]
    assert not rig.yard.wanted()
    assert rig.counted["refused"] >= 4 + len(OTHERS)


@pytest.mark.parametrize(("or_hidden", "lines"), [("", 0), (", or this user may not see it", 1)])
def test_a_topic_that_is_not_there_is_a_warning_where_it_may_be_hidden(
    rig: Rig, or_hidden: str, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A broker hides what a user has no right to; else nobody has sent a command yet."""
    topic = Topic(rig, exists=False)
    topic.or_hidden = or_hidden
    topic.send(trigger())
    topic.read(rig.porch.wanted)
    found = [each for each in warnings(caplog) if "their topic is not there, or this user" in each]
    assert len(found) == len(warnings(caplog)) == lines


@pytest.mark.parametrize(
    ("trouble", "line"),
    [(FatalError("no right to read control"), "commands are not heard: no right"), (RuntimeError("oh"), "a bug")],
)
def test_what_goes_wrong_is_said_once_and_tried_again(
    rig: Rig, trouble: Exception, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A right that is missing today is given tomorrow; the cameras go on meanwhile."""
    topic = Topic(rig, exists=False)
    topic.send(trigger())
    topic.read(rig.porch.wanted, trouble, *([trouble] if isinstance(trouble, FatalError) else []))
    assert rig.porch.wanted()
    assert [line in each for each in warnings(caplog)] == [True]


def test_orders_lapse_though_no_command_comes(rig: Rig) -> None:
    """Whoever reads commands keeps the time."""
    topic = Topic(rig, exists=False)
    topic.send(trigger())

    def lapsed() -> bool:
        rig.clock.advance(1)
        return rig.counted["lapsed"] == 1

    topic.read(lapsed)
    assert rig.counted == {"lapsed": 1}
