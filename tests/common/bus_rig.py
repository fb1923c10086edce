"""The buses that the contract is held against: the real one, the one in memory, a stream."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO

from libs.common.bus import Batch, Headers, Place, Reader, Record, Writer
from libs.common.bus_stream import STREAM, StreamReader, StreamWriter
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writers import writer_of
from libs.common.memory_bus import MemoryBus

VALUES = [bytes([0xC4, 2, n, n]) for n in range(20)]
"""Twenty msgpack values of four bytes: a stream carries nothing else."""


@dataclass
class Bus:
    """One topic of one bus, empty at first; everything it hands out is closed with it."""

    topic: str
    group: str
    reader_of: Callable[[str | None], Reader]
    writer_of: Callable[[], Writer]
    closing: ExitStack = field(default_factory=ExitStack)

    def reader(self, group: str | None = None) -> Reader:
        """A new reader, of a group or without one."""
        reader = self.reader_of(group)
        self.closing.callback(reader.close)
        return reader

    def writer(self) -> Writer:
        """A new writer."""
        writer = self.writer_of()
        self.closing.callback(writer.close)
        return writer

    def filled(self, count: int = 20, headers: Headers = ()) -> Place:
        """Write that many values to one place."""
        writer, place = self.writer(), Place(self.topic, 0)
        assert writer.partitions(self.topic) >= 1
        for value in VALUES[:count]:
            writer.send(place, b"porch", value, headers)
        assert writer.flush(10)
        return place


def memory(fresh: Callable[[str], str]) -> Bus:
    bus, topic = MemoryBus(), fresh("topic")
    return Bus(topic, fresh("group"), lambda group: bus.reader([topic], group), bus.writer)


def real(fresh: Callable[[str], str], settings: KafkaSettings, once: bool = False) -> Bus:
    topic = fresh("topic")
    return Bus(
        topic,
        fresh("group"),
        lambda group: KafkaReader(settings, [topic], group, None, "test"),
        lambda: writer_of(settings, "test", topic, once),
    )


def stream() -> Bus:
    ends = os.pipe()
    incoming: BinaryIO = os.fdopen(ends[0], "rb", buffering=0)
    outgoing: BinaryIO = os.fdopen(ends[1], "wb")
    bus = Bus(STREAM, "", lambda group: StreamReader(incoming), lambda: StreamWriter(outgoing))
    bus.closing.callback(incoming.close)
    bus.closing.callback(outgoing.close)
    return bus


def bus_of(kind: str, fresh: Callable[[str], str], settings: KafkaSettings | None) -> Bus:
    """memory, stream, kafka or kafka-once: the writer that writes each record once."""
    if settings is not None:
        return real(fresh, settings, kind == "kafka-once")
    return stream() if kind == "stream" else memory(fresh)


def records(count: int) -> Callable[[Batch], bool]:
    return lambda batch: len(batch.records) >= count


def values(found: list[Record]) -> list[bytes | None]:
    return [record.value for record in found]


def opened(reader: Reader, place: Place) -> None:
    """Poll until the place is assigned."""
    assigned: list[Place] = []
    for _ in range(200):
        assigned += reader.poll(0.05).assigned
        if place in assigned:
            return
    raise AssertionError(f"{place} was not assigned: {assigned}")
