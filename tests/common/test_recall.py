"""What was published of a camera before: found, bounded, and never a reason to stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from libs.common import codec
from libs.common.bus import Place, Reader, partition_of
from libs.common.clock import SystemClock
from libs.common.errors import FatalError, TemporaryError
from libs.common.events import caused_by
from libs.common.kafka_recall import recall as on_kafka
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import CameraMessage, End, Event, Frame, Message, replace
from libs.common.recall import FRESH_S, REST_S, Recall
from libs.common.testing import FakeClock, MemoryBus, frame

START_MS = 1_700_000_000_000


def picture(seq: int, camera: str = "porch") -> Frame:
    return frame(image=b"a picture", seq=seq, camera=camera)


@dataclass
class Rig:
    """A bus in memory with two topics; `trouble` is what happens to whoever connects."""

    bus: MemoryBus = field(default_factory=lambda: MemoryBus(time_ms=START_MS))
    clock: FakeClock = field(default_factory=FakeClock)
    connected: list[str] = field(default_factory=list)
    missing: Sequence[str] = ()
    trouble: Exception | None = None
    within_s: float = 3.0

    def __post_init__(self) -> None:
        self.recall = Recall(self._connect, "out", "events", self.clock, self.within_s)

    def _connect(self, topic: str) -> Reader | None:
        self.connected.append(topic)
        if self.trouble is not None:
            raise self.trouble
        return None if topic in self.missing else self.bus.reader([topic])

    def write(self, message: CameraMessage, at_s: float = 0.0) -> None:
        topic = "events" if isinstance(message, Event) else "out"
        self.bus.time_ms = START_MS + round(at_s * 1000)
        place = Place(topic, partition_of(message.camera, 6))
        self.bus.append(place, message.camera.encode(), codec.encode(message))

    def before(self, seq: int, camera: str = "porch") -> list[Message]:
        return list(self.recall.before(picture(seq, camera)))


def seqs(found: Sequence[Message]) -> list[int]:
    return [message.seq for message in found if isinstance(message, Frame)]


def test_frames_and_events_come_in_order_without_pictures_and_only_those_before() -> None:
    """What a process that died published of the frame in hand, and of later ones, is not yet known."""
    rig = Rig()
    for seq in range(6):
        rig.write(picture(seq), seq / 10)
    told = [caused_by(picture(seq), "detection.started", "person") for seq in (1, 4)]
    for event in told:
        rig.write(event, 0.5)
    rig.write(End(camera="porch", boot="00000001", last_seq=5), 0.6)
    assert rig.before(4) == [
        replace(picture(0), image=b""),
        replace(picture(1), image=b""),
        told[0],
        replace(picture(2), image=b""),
        replace(picture(3), image=b""),
    ]


def test_only_the_last_seconds_of_frames_are_read() -> None:
    """Five, counted from the newest of the partition: the process may have been down for an hour."""
    rig = Rig()
    rig.clock.advance(3600)
    for seq in range(200):
        rig.write(picture(seq), seq / 10)
    assert seqs(rig.before(200)) == list(range(149, 200))


def test_large_frames_are_fewer() -> None:
    """32 MiB are enough."""
    rig = Rig()
    large = bytes(2 << 20)
    for seq in range(40):
        rig.write(frame(image=large, seq=seq), seq / 10)
    assert seqs(rig.before(40)) == list(range(25, 40))


def test_only_the_last_events_are_read() -> None:
    """Ten thousand of the partition, of one day."""
    rig = Rig()
    events = [caused_by(picture(seq), "line.crossed") for seq in range(10_050)]
    rig.write(replace(events[0], at=1), -25 * 3600)
    for event in events:
        rig.write(event)
    assert rig.before(20_000) == events[50:]


def test_one_reading_serves_all_cameras_of_a_partition_for_a_moment() -> None:
    """At a start many ask at once. Who asks again was in other hands: it is read anew; so it is after a while."""
    rig = Rig(bus=MemoryBus(1, time_ms=START_MS))
    for camera in ("a", "b"):
        rig.bus.append(Place("out", 0), camera.encode(), codec.encode(picture(0, camera)))
    assert [seqs(rig.before(1, camera)) for camera in ("a", "b", "new")] == [[0], [0], []]
    assert rig.connected == ["out", "events"]
    assert seqs(rig.before(1, "a")) == [0]
    assert len(rig.connected) == 4
    rig.clock.advance(FRESH_S)
    rig.before(1, "b")
    assert len(rig.connected) == 6


@pytest.mark.parametrize("missing", [("out",), ("events",), ("out", "events")])
def test_a_topic_that_is_not_there_has_nothing_to_say(missing: Sequence[str], caplog: pytest.LogCaptureFixture) -> None:
    """At the very first start; the other one is read."""
    rig = Rig(missing=missing)
    rig.write(picture(0))
    rig.write(caused_by(picture(0), "label.new"))
    assert len(rig.before(1)) == 2 - len(missing)
    assert caplog.records == []


@pytest.mark.parametrize("trouble", [TemporaryError("the broker is away"), FatalError("no right to read out")])
def test_trouble_is_said_once_and_not_met_again_at_once(trouble: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The service goes on without; each topic is tried again after a rest."""
    rig = Rig(trouble=trouble)
    assert [rig.before(1), rig.before(1, "yard")] == [[], []]
    assert rig.connected == ["out", "events"]
    assert len(caplog.records) == 2
    rig.clock.advance(REST_S)
    rig.trouble = None
    rig.write(picture(0))
    assert seqs(rig.before(1)) == [0]


def test_a_broker_that_stops_answering_costs_a_bounded_time(caplog: pytest.LogCaptureFixture) -> None:
    """What was read until then does not count: it would be the oldest part."""
    rig = Rig(within_s=0.2)
    rig.write(picture(0))
    reader = rig.bus.reader(["out"])
    reader.bounds = lambda place: (0, 5)  # type: ignore[method-assign]
    rig.recall.connect = lambda topic: reader if topic == "out" else None
    assert rig.before(1) == []
    assert "did not answer in time" in caplog.text


def test_garbage_on_the_topic_is_no_history() -> None:
    """Whoever wrote it."""
    rig = Rig()
    rig.write(picture(0))
    rig.bus.append(Place("out", partition_of("porch", 6)), b"porch", b"garbage")
    rig.bus.append(Place("out", partition_of("porch", 6)), b"porch", None)
    assert seqs(rig.before(1)) == [0]


def test_it_is_the_same_on_kafka(kafka: KafkaSettings, fresh: Callable[[str], str]) -> None:
    """A topic with frames and one with events; then neither exists; then nobody is there."""
    out, events = fresh("out"), fresh("events")
    writer = KafkaWriter(kafka, "test")
    told = caused_by(picture(1), "detection.started", "person")
    try:
        for topic, message in ((out, picture(0)), (out, picture(1)), (out, picture(2)), (events, told)):
            place = Place(topic, partition_of("porch", writer.partitions(topic)))
            writer.send(place, b"porch", codec.encode(message))
        assert writer.flush(10)
    finally:
        writer.close()
    assert on_kafka(kafka, out, events, SystemClock()).before(picture(2)) == [
        replace(picture(0), image=b""),
        replace(picture(1), image=b""),
        told,
    ]
    assert on_kafka(kafka, fresh("out"), fresh("events"), SystemClock()).before(picture(2)) == []
    away = KafkaSettings("localhost:1")
    assert on_kafka(away, out, events, SystemClock()).before(picture(2)) == []
