"""What channels write on the bus."""

import time

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, Writer, partition_of
from libs.common.errors import PermanentError, TemporaryError
from libs.common.memory_bus import MemoryBus, MemoryDelivery, MemoryWriter
from libs.common.messages import Status, Trigger
from libs.common.testing import FakeClock
from services.notifier.post import Post
from services.notifier.statuses import Statuses
from tests.notifier.stage_rig import happened


class Slow(MemoryWriter):
    """Never says that it has it."""

    def send(self, *given: object, **named: object) -> MemoryDelivery:
        return MemoryDelivery(done=False)


def post(bus: MemoryBus, control: str | None = "control", writer: type[MemoryWriter] = MemoryWriter) -> Post:
    return Post(lambda: writer(bus), FakeClock(), control, within_s=0.05)


def test_a_message_lies_in_its_cameras_partition() -> None:
    """Under the camera's name."""
    bus, event = MemoryBus(), happened()
    post(bus).publish("alerts", event)
    (record,) = bus.logs[Place("alerts", partition_of("porch", 6))]
    assert (record.key, codec.decode(record.value or b"")) == (b"porch", event)


def test_a_command_pauses_alerts_and_nothing_else() -> None:
    """And resumes them; each has an id of its own."""
    bus = MemoryBus()
    for pause in (True, False):
        post(bus).order("porch", pause)
    first, second = (codec.decode(value) for value in bus.values("control"))
    assert isinstance(first, Trigger)
    assert isinstance(second, Trigger)
    assert [(t.camera, t.action, t.params) for t in (first, second)] == [
        ("porch", "pause", {"what": "alerts"}),
        ("porch", "resume", {"what": "alerts"}),
    ]
    assert first.id != second.id


def test_what_goes_wrong_is_raised() -> None:
    """Worth another try, or not."""

    def away() -> Writer:
        raise TemporaryError("no broker")

    with pytest.raises(TemporaryError, match="no broker"):
        Post(away, FakeClock()).publish("alerts", happened())
    with pytest.raises(TemporaryError, match=r"topic alerts has not taken it within 0\.05 s"):
        post(MemoryBus(), writer=Slow).publish("alerts", happened())
    with pytest.raises(PermanentError, match="topic alerts does not take it: refused by script"):
        post(MemoryBus(fail=[True])).publish("alerts", happened())
    with pytest.raises(PermanentError, match="--control none"):
        post(MemoryBus(), control=None).order("porch", True)


def test_statuses_are_followed_from_the_first_question_on() -> None:
    """Nobody asks: nobody reads."""
    bus, asked = MemoryBus(), 0
    status = Status(camera="porch", state="connected", since=0)
    bus.append(Place("cameras", 0), b"porch", codec.encode(status))

    def connect() -> Reader:
        nonlocal asked
        asked += 1
        return bus.reader(["cameras"])

    statuses = Statuses(connect)
    statuses.close()
    assert asked == 0
    deadline_s = time.monotonic() + 10.0
    while not (found := statuses()) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert (found, asked) == ({"porch": status}, 1)
    statuses.close()
    assert Statuses(None)() == {}
