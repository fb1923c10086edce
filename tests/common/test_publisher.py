"""Side topics of a publisher: written beside its own, and gone on without where they cannot be had."""

import threading

from libs.common import codec
from libs.common.bus import Headers, Place, partition_of
from libs.common.errors import FatalError, TemporaryError
from libs.common.events import caused_by
from libs.common.keyed import Gone
from libs.common.memory_bus import MemoryDelivery, MemoryWriter
from libs.common.messages import CameraMessage, Producer
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


def test_a_producer_lies_under_its_host_and_instance() -> None:
    """No camera's name begins with an @."""
    bus = MemoryBus()
    said = Producer(host="edge", instance="edge-7", version="1", cameras=("porch",), seen_at=1)
    publisher(bus.writer(), FakeClock(), Metrics()).publish(said, 0, side="cameras")
    (record,) = bus.logs[Place("cameras", partition_of("@edge/edge-7", 6))]
    assert record.key == b"@edge/edge-7"
    assert codec.decode(record.value or b"") == said


def test_what_is_gone_is_a_nil_value_under_its_key() -> None:
    """A compacted topic forgets it then."""
    bus = MemoryBus()
    publisher(bus.writer(), FakeClock(), Metrics()).publish(Gone(key="porch"), 0, side="cameras")
    (record,) = bus.logs[Place("cameras", partition_of("porch", 6))]
    assert (record.key, record.value) == (b"porch", None)


class Forbidden(MemoryWriter):
    """A broker that shows the events topic and lets nobody write it, for a while."""

    forbidden = True

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> MemoryDelivery:
        if place.topic == "events" and self.forbidden:
            return MemoryDelivery(error=FatalError("no right to write to events"))
        return super().send(place, key, value, headers)


def test_without_the_right_to_a_side_topic_the_frames_flow() -> None:
    """As without the topic; once the right is there it is used."""
    bus, clock, metrics = MemoryBus(), FakeClock(), Metrics()
    writer = Forbidden(bus)
    ours = publisher(writer, clock, metrics)
    for seq in range(3):
        ours.publish(frame(seq=seq), 0)
        ours.publish(EVENT, 0, side="events")
    assert ours.drain(1.0)
    assert len(bus.values("frames.detected")) == 3
    assert metrics.values()["framebus_skipped_total{no-topic}"] == 3
    assert ours.refused() == []
    writer.forbidden = False
    clock.advance(TRY_SIDE_TOPIC_EVERY_S)
    ours.publish(EVENT, 0, side="events")
    assert len(bus.values("events")) == 1
