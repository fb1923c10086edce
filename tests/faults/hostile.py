"""Writing anything at all to a topic, and reading all that lies on one."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from libs.common import codec
from libs.common.bus import Place, Record, Skipped
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame
from tests.common.kafka_raw import produce
from tests.common.kafka_tools import make_topic, producing
from tests.faults.surroundings import Chain

LIMIT_BYTES = 4 << 20
READ_S = 60.0
OURS = {
    "message_timestamp_type": "LogAppendTime",
    "compression_type": "uncompressed",
    "max_message_bytes": str(LIMIT_BYTES),
}


@dataclass
class Log:
    """A topic from its beginning, read on as often as it is asked."""

    reader: KafkaReader
    places: list[Place] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    lost: list[Skipped] = field(default_factory=list)

    def until(self, true: Callable[[], object], within_s: float) -> None:
        """Read until it is true; fails after within_s."""
        deadline_s = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < deadline_s, f"not within {within_s:g} s, {len(self.records)} records"
            self.more()

    def read_all(self) -> list[Record]:
        """Everything that lies there now."""
        self.until(lambda: self.places, READ_S)
        ends = sum(self.reader.bounds(place)[1] for place in self.places)
        self.until(lambda: len(self.records) + sum(lost.last - lost.first + 1 for lost in self.lost) >= ends, READ_S)
        return self.records

    def more(self, timeout_s: float = 0.1) -> None:
        batch = self.reader.poll(timeout_s)
        for place in batch.assigned:
            self.reader.seek(place, 0)
        self.places += batch.assigned
        self.records += batch.records
        self.lost += batch.skipped


@dataclass
class Feed:
    """Writes records of any kind to the one partition of a topic, as fast as the broker takes them."""

    bootstrap: str
    topic: str
    producer: Any

    def put(self, value: bytes | None, key: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> Any:
        return self.producer.send(self.topic, value, key=key, headers=list(headers), partition=0)

    def put_at(self, value: bytes | None, key: bytes | None, headers: Sequence[tuple[str, bytes]] = ()) -> int:
        """Write it and wait; the offset where it lies."""
        return int(self.put(value, key, headers).get(timeout=20).offset)

    def put_batch(self, data: bytes) -> int:
        """A record batch byte by byte, behind all that was put before; the broker's error code."""
        self.producer.flush(20)
        return produce(self.bootstrap, self.topic, 0, data)


@dataclass
class Bus:
    """Topics of one partition each, with our settings, and everything on them."""

    settings: KafkaSettings
    stack: ExitStack

    def topic(self, name: str, **configs: str) -> str:
        make_topic(self.settings, name, 1, **(OURS | configs))
        return name

    def feed(self, topic: str) -> Feed:
        limits = {"max_request_size": LIMIT_BYTES + 1024, "max_in_flight_requests_per_connection": 1}
        producer = self.stack.enter_context(producing(self.settings, enable_idempotence=False, **limits))
        return Feed(self.settings.bootstrap, topic, producer)

    def log(self, topic: str) -> Log:
        reader = KafkaReader(self.settings, [topic], None, None, "test-log")
        self.stack.callback(reader.close)
        return Log(reader)


@contextmanager
def bus(settings: KafkaSettings) -> Iterator[Bus]:
    """All clients are closed at the end."""
    with ExitStack() as stack:
        yield Bus(settings, stack)


@contextmanager
def ended(chain: Chain) -> Iterator[Chain]:
    """Its services are stopped at the end."""
    try:
        yield chain
    finally:
        chain.stop()


def seqs(records: list[Record]) -> list[int]:
    """The numbers of the frames, as they came."""
    found = [codec.decode(record.value or b"") for record in records]
    return [message.seq for message in found if isinstance(message, Frame)]
