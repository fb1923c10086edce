"""A bus in memory: for fast tests and scripted faults. Passes the contract tests of the real one."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.common.bus import Batch, Commit, Headers, Place, Record
from libs.common.errors import PermanentError, TemporaryError

MAX_RECORD_BYTES = 4 << 20


@dataclass(slots=True)
class MemoryDelivery:
    """A record's fate, known at once."""

    done: bool = True
    error: Exception | None = None


@dataclass
class MemoryBus:
    """Topics as lists. `fail` scripts the coming sends: True refuses that record, like a broker would."""

    partitions_per_topic: int = 6
    fail: list[bool] = field(default_factory=list)
    down: bool = False
    logs: dict[Place, list[Record]] = field(default_factory=lambda: defaultdict(list))
    commits: dict[tuple[str, Place], Commit] = field(default_factory=dict)
    time_ms: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reader(self, topics: list[str], group: str | None = None) -> "MemoryReader":
        return MemoryReader(self, topics, group)

    def writer(self) -> "MemoryWriter":
        return MemoryWriter(self)

    def values(self, topic: str) -> list[bytes]:
        """All values of a topic, partition by partition."""
        places = sorted(place for place in self.logs if place.topic == topic)
        return [record.value for place in places for record in self.logs[place] if record.value is not None]

    def append(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> None:
        """Write as a broker does: the log's own time, the next offset."""
        now_ms = time.time_ns() // 1_000_000 if self.time_ms is None else self.time_ms
        with self.lock:
            log = self.logs[place]
            log.append(Record(place, len(log), key, value, tuple(headers), now_ms))


class MemoryWriter:
    """Writes to a MemoryBus; every record is acknowledged or refused at once."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus
        self._known: set[str] = set()

    def partitions(self, topic: str) -> int:
        if self._bus.down and topic not in self._known:
            raise TemporaryError("the broker is away")
        self._known.add(topic)
        return self._bus.partitions_per_topic

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> MemoryDelivery:
        if len(value or b"") > MAX_RECORD_BYTES:
            raise PermanentError(f"expected at most {MAX_RECORD_BYTES} bytes, got {len(value or b'')}", "too-large")
        if self._bus.fail and self._bus.fail.pop(0):
            return MemoryDelivery(error=PermanentError("refused by script", "refused"))
        self._bus.append(place, key, value, headers)
        return MemoryDelivery()

    def full(self) -> bool:
        return self._bus.down

    def flush(self, timeout_s: float) -> bool:
        return not self._bus.down

    @property
    def window_used_bytes(self) -> int:
        return 0

    def connected(self) -> bool:
        return not self._bus.down

    def close(self) -> None:
        pass


class MemoryReader:
    """Reads a MemoryBus. In a group it is the only member: all places are its own from the first poll on."""

    def __init__(self, bus: MemoryBus, topics: list[str], group: str | None) -> None:
        self._bus = bus
        self._group = group
        self._new = [Place(topic, n) for topic in topics for n in range(bus.partitions_per_topic)]
        self._ours = set(self._new)
        self._revoked: list[Place] = []
        self._positions: dict[Place, int] = {}
        self._paused: set[Place] = set()

    def poll(self, timeout_s: float) -> Batch:
        batch = Batch(assigned=self._new, revoked=self._revoked)
        self._new, self._revoked = [], []
        if self._bus.down:
            return batch
        for place, position in self._positions.items():
            if place not in self._paused:
                records = self._bus.logs[place][position : position + 8]
                batch.records += records
                self._positions[place] += len(records)
        return batch

    def revoke(self, place: Place) -> None:
        """Script: the next poll tells that the place went to another member."""
        self._positions.pop(place, None)
        self._ours.discard(place)
        self._revoked.append(place)

    def seek(self, place: Place, offset: int) -> None:
        if place in self._ours:
            self._positions[place] = offset

    def pause(self, place: Place) -> None:
        self._paused.add(place)

    def resume(self, place: Place) -> None:
        self._paused.discard(place)

    def commit(self, commits: Mapping[Place, Commit]) -> bool:
        if self._group is None or self._bus.down:
            return False
        self._bus.commits.update({(self._group, place): commit for place, commit in commits.items()})
        return True

    def committed(self, place: Place) -> Commit | None:
        self._ask()
        return self._bus.commits.get((self._group, place)) if self._group is not None else None

    def bounds(self, place: Place) -> tuple[int, int]:
        self._ask()
        return 0, len(self._bus.logs[place])

    def offset_at(self, place: Place, time_ms: int) -> int | None:
        self._ask()
        return next((record.offset for record in self._bus.logs[place] if record.timestamp_ms >= time_ms), None)

    def _ask(self) -> None:
        if self._bus.down:
            raise TemporaryError("the broker is away")

    def lag(self, place: Place) -> int | None:
        return len(self._bus.logs[place]) - self._positions[place] if place in self._positions else None

    def connected(self) -> bool:
        return not self._bus.down

    def ended(self) -> bool:
        return False

    def close(self) -> None:
        self._positions.clear()
