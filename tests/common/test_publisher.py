"""Side topics of a publisher: written beside its own, and gone on without where they cannot be had."""

import threading

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.errors import TemporaryError
from libs.common.events import caused_by
from libs.common.memory_bus import MemoryWriter
from libs.common.messages import CameraMessage
from libs.common.metrics import Metrics
from libs.common.publisher import TRY_SIDE_TOPIC_EVERY_S, Publisher
from libs.common.testing import FakeClock, MemoryBus, frame

EVENT = caused_by(frame(), "detection.started", "person")


class Without(MemoryWriter):
    """A bus that does not have the events topic for a while."""

    missing = True
    asked = 0

    def partitions(self, topic: str) -> int:
        if topic == "events":
            self.asked += 1
            if self.missing:
                raise TemporaryError("no events here")
        return super().partitions(topic)


def publisher(writer: MemoryWriter, clock: FakeClock, metrics: Metrics) -> Publisher:
    return Publisher(writer, "frames.detected", "detector", "test", clock, metrics)


def test_a_message_for_a_side_topic_goes_there_to_its_cameras_partition() -> None:
    """With the camera as its key, and not to the publisher's own topic."""
    bus = MemoryBus()
    publisher(bus.writer(), FakeClock(), Metrics()).publish(EVENT, 0, side="events")
    (record,) = bus.logs[Place("events", partition_of("porch", 6))]
    assert record.key == b"porch"
    assert isinstance(message := codec.decode(record.value or b""), CameraMessage)
    assert message == EVENT
    assert bus.values("frames.detected") == []


def test_without_the_side_topic_the_frames_flow_and_what_is_left_out_is_counted() -> None:
    """It is asked for again now and then; what comes once it is there is written."""
    bus, clock, metrics = MemoryBus(), FakeClock(), Metrics()
    writer = Without(bus)
    ours = publisher(writer, clock, metrics)
    for seq in range(3):
        ours.publish(frame(seq=seq), 0)
        ours.publish(EVENT, 0, side="events")
    assert len(bus.values("frames.detected")) == 3
    assert writer.asked == 1
    assert metrics.values()["framebus_skipped_total{no-topic}"] == 3
    writer.missing = False
    clock.advance(TRY_SIDE_TOPIC_EVERY_S)
    ours.publish(EVENT, 0, side="events")
    assert len(bus.values("events")) == 1
    assert ours.drain(1.0)


def test_side_topics_are_asked_for_before_the_first_message() -> None:
    """Making one takes ways there and back; no frame waits for that."""
    writer = Without(MemoryBus())
    assert publisher(writer, FakeClock(), Metrics()).wait_for_topic(threading.Event(), lambda: None, ["events"])
    assert writer.asked == 1
