"""Carries frames from topic to topic, in a process of its own: `python -m bench.loops WAY BOOTSTRAP FROM TO COUNT`.

`bare`: kafka-python as one would write it by hand, with our settings. `bus`: KafkaReader and KafkaWriter. `runner`: the
runner with a stage that passes everything on. Prints CPU milliseconds per frame, threads included, in the steady state.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import kafka
from kafka.structs import OffsetAndMetadata

from libs.common.bus import Commit, Place
from libs.common.clock import SystemClock
from libs.common.health import Health
from libs.common.kafka_client import Client, common_config
from libs.common.kafka_reader import FETCH, GROUP, KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import DURABLE, KafkaWriter
from libs.common.messages import Message
from libs.common.metrics import Metrics
from libs.common.service import Service
from libs.common.settings import StageSettings
from libs.common.stage import Out, Stage

WARM = 100
COMMIT_EVERY = 100


@dataclass
class Meter:
    """Counts frames; CPU time runs from the WARM-th to the last."""

    count: int
    seen: int = 0
    _began_s: float = 0.0
    ms: float = 0.0

    def saw(self) -> bool:
        """Called for each frame; True once the last one was carried."""
        self.seen += 1
        if self.seen == WARM:
            self._began_s = time.process_time()
        if self.seen == self.count:
            self.ms = (time.process_time() - self._began_s) * 1000 / (self.count - WARM)
        return self.seen >= self.count


def bare(bootstrap: str, source: str, target: str, meter: Meter) -> None:
    common = common_config(KafkaSettings(bootstrap), "bench") | {"kafka_client": Client}
    consumer = kafka.KafkaConsumer(
        source, **common, **FETCH | GROUP | {"group_id": f"bare-{target}", "auto_offset_reset": "earliest"}
    )
    producer = kafka.KafkaProducer(**common, **DURABLE)
    done = False
    while not done:
        records = [record for found in consumer.poll(timeout_ms=100).values() for record in found]
        for record in records:
            producer.send(target, record.value, key=record.key, partition=record.partition)
            done = meter.saw()
            if meter.seen % COMMIT_EVERY == 0:
                producer.flush()
                consumer.commit(
                    {kafka.TopicPartition(source, record.partition): OffsetAndMetadata(record.offset + 1, "", -1)}
                )
            if done:
                break
    producer.close()
    consumer.close()


def bus(bootstrap: str, source: str, target: str, meter: Meter) -> None:
    settings = KafkaSettings(bootstrap)
    reader = KafkaReader(settings, [source], f"bus-{target}", None, "bench")
    writer = KafkaWriter(settings, "bench")
    writer.partitions(target)
    done = False
    while not done:
        batch = reader.poll(0.1)
        for place in batch.assigned:
            reader.seek(place, 0)
        for record in batch.records:
            writer.send(Place(target, record.place.partition), record.key, record.value or b"")
            done = meter.saw()
            if meter.seen % COMMIT_EVERY == 0:
                writer.flush(10)
                reader.commit({record.place: Commit(record.offset + 1)})
            if done:
                break
    writer.close()
    reader.close()


@dataclass
class Pass(Stage):
    """Gives everything on and stops after the last one."""

    meter: Meter
    stop: threading.Event
    history_s: float = 0.0

    def handle(self, message: Message) -> Iterable[Out]:
        if self.meter.saw():
            self.stop.set()
        return (Out(message),)


def runner(bootstrap: str, source: str, target: str, meter: Meter) -> None:
    settings = StageSettings(bootstrap=bootstrap, input=source, topic=target, from_="earliest")
    clock, metrics, stop = SystemClock(), Metrics(), threading.Event()
    service = Service("bench", settings, clock, metrics, Health("bench", {}, clock, metrics), stop)
    service.run_stages(settings, {source: Pass(meter, stop)})


WAYS: dict[str, Callable[[str, str, str, Meter], None]] = {"bare": bare, "bus": bus, "runner": runner}


def main(way: str, bootstrap: str, source: str, target: str, count: str) -> None:
    meter = Meter(int(count))
    WAYS[way](bootstrap, source, target, meter)
    sys.stdout.write(f"{meter.ms:.4f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
