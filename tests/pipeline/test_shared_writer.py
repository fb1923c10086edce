"""A stage beside other threads of its process: one writer for all of them, two topics read together."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.clock import SystemClock
from libs.common.events import caused_by
from libs.common.health import Health
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame, Message, replace
from libs.common.metrics import Metrics
from libs.common.service import Service
from libs.common.settings import StageSettings
from libs.common.stage import Out, Stage
from libs.common.testing import frame
from tests.common.kafka_tools import gather, reading, until, writing

Fresh = Callable[[str], str]
CAMERAS = 40
OTHERS = 500


@dataclass
class Pass(Stage):
    """Passes frames on, and is content when it has seen everything of both topics."""

    stop: threading.Event
    handled: list[Message] = field(default_factory=list)
    history_s: float = 0.0

    def handle(self, message: Message) -> Iterable[Out]:
        self.handled.append(message)
        if len(self.handled) == 2 * CAMERAS:
            self.stop.set()
        return [Out(message)] if isinstance(message, Frame) else []


def test_a_writer_that_is_shared_is_not_closed_and_keeps_everybodys_order(kafka: KafkaSettings, fresh: Fresh) -> None:
    """Other threads send and wait for theirs meanwhile; afterwards it still writes."""
    frames, events, out, side = fresh("frames"), fresh("events"), fresh("out"), fresh("side")
    settings = StageSettings(input=(frames, events), topic=out, bootstrap=kafka.bootstrap)
    stop, clock, metrics = threading.Event(), SystemClock(), Metrics()
    process = Service("test", settings, clock, metrics, Health("test", {}, clock, metrics, False), stop)
    with writing(kafka) as source:
        for camera in (f"cam{n}" for n in range(CAMERAS)):
            made = replace(frame(camera, image=b"jpeg"), hops=())
            for topic, message in ((frames, made), (events, caused_by(made, "detection.started", "person"))):
                place = Place(topic, partition_of(camera, source.partitions(topic)))
                source.send(place, camera.encode(), codec.encode(message))
        assert source.flush(20)
    writer = process.writer(out)
    assert writer is not None
    place = Place(side, writer.partitions(side) - 1)

    def write(who: int) -> None:
        sent = [writer.send(place, b"%d" % who, b"%d" % n) for n in range(OTHERS)]
        until(lambda: writer.flush(0.2) or all(each.done for each in sent), 30)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    stage = Pass(stop)
    process.run_stages(settings, {frames: stage, events: stage}, writer=writer, together=True)
    for thread in threads:
        thread.join(30)
    assert len(stage.handled) == 2 * CAMERAS
    delivery = writer.send(place, b"after", b"after")
    assert writer.flush(10)
    assert delivery.error is None
    writer.close()
    with reading(kafka, [out, side]) as reader:
        found = gather(reader, lambda batch: len(batch.records) >= CAMERAS + 3 * OTHERS + 1).records
    for who in range(3):
        values = [int(record.value or b"") for record in found if record.key == b"%d" % who]
        assert values == list(range(OTHERS))
    assert sum(record.place.topic == out for record in found) == CAMERAS
