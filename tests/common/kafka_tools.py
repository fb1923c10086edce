"""What the tests of the Kafka adapter share: raw clients, bounded waits, topics made otherwise than ours."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import kafka

from libs.common.bus import Batch, Place, Reader
from libs.common.kafka_admin import Admin
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter


def until(true: Callable[[], Any], within_s: float = 30.0) -> float:
    """Wait until it is true; the seconds it took. Fails after within_s."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < within_s, f"not within {within_s:g} s"
        time.sleep(0.01)
    return time.monotonic() - start


def make_topic(kafka_settings: KafkaSettings, name: str, partitions: int = 1, **configs: str) -> None:
    """A topic with settings of its own (`max_message_bytes="…"`); raw records are from 1970, so nothing is too old."""
    given = {key.replace("_", "."): value for key, value in configs.items()}
    options = {"num_partitions": partitions, "configs": {"retention.ms": "-1"} | given}
    with Admin(kafka_settings) as admin:
        admin._client.create_topics({name: options}, wait_for_metadata=True)


@contextmanager
def reading(
    kafka_settings: KafkaSettings,
    topics: list[str],
    group: str | None = None,
    instance: str | None = None,
    together: bool = False,
) -> Iterator[KafkaReader]:
    """A reader, closed at the end."""
    reader = KafkaReader(kafka_settings, topics, group, instance, "test-reader", together)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def writing(kafka_settings: KafkaSettings, window_bytes: int = 32 << 20) -> Iterator[KafkaWriter]:
    """A writer, closed at the end."""
    writer = KafkaWriter(kafka_settings, "test-writer", window_bytes)
    try:
        yield writer
    finally:
        writer.close()


@contextmanager
def producing(kafka_settings: KafkaSettings, **config: Any) -> Iterator[Any]:
    """A bare kafka-python producer."""
    producer = kafka.KafkaProducer(bootstrap_servers=kafka_settings.bootstrap, **config)
    try:
        yield producer
    finally:
        producer.close(timeout=5)


def gather(
    reader: Reader, enough: Callable[[Batch], bool], starts: Mapping[Place, int] | int = 0, within_s: float = 20.0
) -> Batch:
    """Poll, opening every assigned place at its start, until what came is enough."""
    all_of_it, deadline = Batch(), time.monotonic() + within_s
    while not enough(all_of_it):
        assert time.monotonic() < deadline, f"after {within_s:g} s only {_counts(all_of_it)}"
        batch = reader.poll(0.1)
        for place in batch.assigned:
            reader.seek(place, starts if isinstance(starts, int) else starts.get(place, 0))
        all_of_it.records += batch.records
        all_of_it.skipped += batch.skipped
        all_of_it.assigned += batch.assigned
        all_of_it.revoked += batch.revoked
    return all_of_it


def _counts(batch: Batch) -> str:
    return (
        f"{len(batch.records)} records, {batch.skipped} skipped, {len(batch.assigned)} assigned, {batch.revoked} gone"
    )
