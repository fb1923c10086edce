"""What channels write on the bus."""

import threading
import time

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, Writer, partition_of
from libs.common.errors import PermanentError, TemporaryError
from libs.common.memory_bus import MemoryBus, MemoryDelivery, MemoryWriter
from libs.common.messages import Notice, Status, Trigger, replace
from libs.common.testing import FakeClock
from services.notifier.camera_statuses import Statuses
from services.notifier.publisher import Publisher
from tests.notifier.ledger.ledger_rig import notice
from tests.notifier.stage_rig import happened


class Slow(MemoryWriter):
    """Never says that it has it, unless a test does."""

    def __init__(self, bus: MemoryBus) -> None:
        super().__init__(bus)
        self.sent: list[MemoryDelivery] = []

    def send(self, *given: object, **named: object) -> MemoryDelivery:
        self.sent.append(MemoryDelivery(done=False))
        return self.sent[-1]


def post(bus: MemoryBus, control: str | None = "control", writer: type[MemoryWriter] = MemoryWriter) -> Publisher:
    return Publisher(lambda topic: writer(bus), FakeClock(), control, within_s=0.05)


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

    def away(topic: str) -> Writer:
        raise TemporaryError("no broker")

    with pytest.raises(TemporaryError, match="no broker"):
        Publisher(away, FakeClock()).publish("alerts", happened())
    with pytest.raises(TemporaryError, match=r"topic alerts has not taken it within 0\.05 s"):
        post(MemoryBus(), writer=Slow).publish("alerts", happened())
    with pytest.raises(PermanentError, match="topic alerts does not take it: refused by script"):
        post(MemoryBus(fail=[True])).publish("alerts", happened())
    with pytest.raises(PermanentError, match="--control none"):
        post(MemoryBus(), control=None).order("porch", True)


def test_a_message_that_is_on_its_way_is_not_sent_again() -> None:
    """However often it is tried while its topic is gone; whether it got there is known at the next attempt."""
    slow, clock = Slow(MemoryBus()), FakeClock()
    ours, taken = Publisher(lambda topic: slow, clock, within_s=0.01), notice(1, state="sent")

    def tried(message: Notice) -> bool:
        clock.advance(5)
        try:
            ours.publish("alerts", replace(message, noticed_at=clock.now_ns(), sent_at=clock.now_ns()))
        except TemporaryError:
            return False
        return True

    assert [tried(taken) for _ in range(4)] == [False] * 4
    assert len(slow.sent) == 1
    slow.sent[0].done = True
    assert (tried(taken), len(slow.sent)) == (True, 1)
    assert (tried(taken), len(slow.sent)) == (False, 2)
    assert (tried(replace(taken, text="another one")), len(slow.sent)) == (False, 3)


def test_every_topic_has_a_writer_of_its_own() -> None:
    """Asked for by its name: what waits for a topic that is gone stands in no other's way."""
    bus = MemoryBus()
    writers = {"gone": Slow(bus), "alerts": MemoryWriter(bus)}
    ours = Publisher(writers.__getitem__, FakeClock(), within_s=0.01)
    with pytest.raises(TemporaryError, match="topic gone has not taken it"):
        ours.publish("gone", happened())
    ours.publish("alerts", happened())
    assert len(bus.values("alerts")) == 1


def test_a_topic_that_cannot_be_had_holds_up_no_other() -> None:
    """Nor, for longer than a message may take, those who wait for the same one."""
    bus, asked, there = MemoryBus(), threading.Event(), threading.Event()

    class Gone(MemoryWriter):
        def partitions(self, topic: str) -> int:
            asked.set()
            assert there.wait(10.0)
            return super().partitions(topic)

    writers = {"gone": Gone(bus), "alerts": MemoryWriter(bus)}
    ours = Publisher(writers.__getitem__, FakeClock(), within_s=0.05)
    stuck = threading.Thread(target=ours.publish, args=("gone", happened()))
    stuck.start()
    assert asked.wait(10.0)
    ours.publish("alerts", happened())
    with pytest.raises(TemporaryError, match=r"topic gone is still waited for by others after 0\.05 s"):
        ours.publish("gone", happened())
    there.set()
    stuck.join(10.0)
    assert (len(bus.values("alerts")), len(bus.values("gone"))) == (1, 1)


def test_an_order_that_was_not_taken_in_time_is_another_one_than_the_next() -> None:
    """It may still be taken: the newest counts, and none is mistaken for one of the same words before it."""
    slow = Slow(MemoryBus())
    ours = Publisher(lambda topic: slow, FakeClock(), "control", within_s=0.01)
    for pause in (True, False, True):
        with pytest.raises(TemporaryError):
            ours.order("porch", pause)
        for delivery in slow.sent:
            delivery.done = True
    assert len(slow.sent) == 3


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
