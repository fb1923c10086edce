"""Notices, and copies of the notifier that share a log in memory."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from libs.common import codec
from libs.common.bus import Batch, Place, Reader, partition_of
from libs.common.memory_bus import MemoryBus, MemoryReader
from libs.common.messages import Notice, replace
from libs.common.testing import FakeClock
from services.notifier.ids import notice_id
from services.notifier.ledger.kafka_ledger import KafkaLedger

TOPIC = "notices"
AT = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


def notice(number: int = 0, channel: str = "office", **fields: Any) -> Notice:
    """Of the happening with this number, a second after the one before it; `fields` replace any field."""
    made = Notice(
        id=notice_id(f"e{number}", channel),
        camera="porch",
        event=f"e{number}",
        channel=channel,
        rule="somebody",
        kind="detection.started",
        at=AT + number * SECOND_NS,
        noticed_at=AT + number * SECOND_NS,
        state="waiting",
        label="person",
    )
    return replace(made, **fields)


def until(true: Callable[[], Any], within_s: float = 10.0) -> None:
    """Wait until it is true; fails after that."""
    deadline_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline_s, f"not within {within_s:g} s"
        time.sleep(0.002)


class CalmReader(MemoryReader):
    """A poll without news takes a moment, as on a real bus."""

    def poll(self, timeout_s: float) -> Batch:
        batch = super().poll(timeout_s)
        if not batch.records:
            time.sleep(min(timeout_s, 0.002))
        return batch


@dataclass
class Log:
    """The log and its time; the clock of all copies goes with it."""

    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    ledgers: list[KafkaLedger] = field(default_factory=list)
    readers: list[MemoryReader] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus.time_ms = AT // 1_000_000

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.bus.time_ms = self.clock.now_ns() // 1_000_000

    def put(self, message: Notice) -> None:
        """As the stage writes it."""
        place = Place(TOPIC, partition_of(message.camera, 6))
        self.bus.append(place, message.id.encode(), codec.encode(message))

    def reader(self) -> Reader:
        self.readers.append(CalmReader(self.bus, [TOPIC], None))
        return self.readers[-1]

    def copy(self, instance: str = "a", life: str = "00000001", fixed: bool = False, **options: Any) -> KafkaLedger:
        """One copy, that has read all there is."""
        ledger = KafkaLedger(self.reader, self.bus.writer(), TOPIC, instance, fixed, life, self.clock, **options)
        self.ledgers.append(ledger)
        ledger.start()
        until(lambda: ledger.ready)
        return ledger

    def written(self) -> list[Notice]:
        """All records, in the order of their partitions."""
        found = [codec.decode(value) for value in self.bus.values(TOPIC)]
        return [message for message in found if isinstance(message, Notice)]


def now(log: Log) -> int:
    return log.clock.now_ns()


def due(ledger: KafkaLedger, log: Log, channel: str = "office") -> Notice | None:
    return ledger.due(channel, now(log))


def knows(ledger: KafkaLedger, expected: Notice, state: str) -> None:
    """Wait until it does."""

    def is_there() -> bool:
        found = ledger.find(expected.id)
        return found is not None and found.state == state

    until(is_there)


@contextmanager
def log_of_copies() -> Iterator[Log]:
    """Every copy is closed at the end."""
    log = Log()
    try:
        yield log
    finally:
        for ledger in log.ledgers:
            ledger.close()
