"""The bus as framebus sees it: bytes in and out, explicit partitions and offsets. No client library is named here.

Adapters: kafka_reader and kafka_writer (Apache Kafka), bus_stream (msgpack maps on stdin and stdout), memory_bus (for
tests). All of them pass tests/common/test_bus_contract.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]


class Place(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies in the log. `timestamp_ms` is the broker's (LogAppendTime), since 1970-01-01 UTC."""

    place: Place
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp_ms: int = 0


OVERTAKEN = "overtaken"
"""The reason of what retention took."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Offsets first..last of a place that could not be read at all (broken batch, overtaken by retention)."""

    place: Place
    first: int
    last: int
    reason: str


@dataclass(slots=True)
class Batch:
    """What one poll brought. Rebalances are told here too: they happen only inside poll()."""

    records: list[Record] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    assigned: list[Place] = field(default_factory=list)
    revoked: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Commit:
    """A group's progress in a place: `offset` is the next one to read; `note` is ours, at most a few dozen bytes."""

    offset: int
    note: str = ""


class Delivery(Protocol):
    """The fate of one sent record."""

    @property
    def done(self) -> bool:
        """True once it is acknowledged or refused."""

    @property
    def error(self) -> Exception | None:
        """Why it was refused; None while under way and after an acknowledgement."""


class Reader(Protocol):
    """Reads topics. In a group the bus assigns places; without one, all places of the topics are assigned at once.

    Nothing is delivered from an assigned place before `seek` says where to start.
    """

    def poll(self, timeout_s: float) -> Batch:
        """What has come within timeout_s; an empty batch while the broker is away. Never raises for bad data."""

    def seek(self, place: Place, offset: int) -> None:
        """Read `place` from `offset` on."""

    def pause(self, place: Place) -> None:
        """Deliver nothing from `place` until resume."""

    def resume(self, place: Place) -> None:
        """Deliver from `place` again."""

    def commit(self, commits: Mapping[Place, Commit]) -> bool:
        """Store the group's progress; False if it could not be stored (broker away, places lost)."""

    def committed(self, place: Place) -> Commit | None:
        """The group's stored progress, None if there is none. Raises TemporaryError while the broker is away."""

    def bounds(self, place: Place) -> tuple[int, int]:
        """The first offset there is and the next one to be written. Raises TemporaryError while the broker is away."""

    def offset_at(self, place: Place, time_ms: int) -> int | None:
        """The first offset written at or after time_ms, None if there is none. Raises TemporaryError likewise."""

    def lag(self, place: Place) -> int | None:
        """Records between the reading position and the newest, as known without asking; None: not known yet."""

    def connected(self) -> bool:
        """True if the broker answered lately."""

    def ended(self) -> bool:
        """True if no record can ever follow (a stream at its end)."""

    def close(self) -> None:
        """Leave the group and free everything. Never raises."""


class Writer(Protocol):
    """Writes records; holds at most `window_bytes` of them unacknowledged."""

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; creates it where allowed. Raises TemporaryError while it is not there."""

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> Delivery:
        """Hand over one record; never blocks for long. The window may be exceeded by this one record.

        A value of None takes back what lies under the key, where a topic keeps the newest of each; a stream has none.

        Raises PermanentError("too-large") if the topic would refuse its size.
        """

    def full(self) -> bool:
        """True while the window is used up: whoever can should wait or drop."""

    def flush(self, timeout_s: float) -> bool:
        """Wait until nothing is under way; False if timeout_s passed before."""

    @property
    def window_used_bytes(self) -> int:
        """Bytes sent and not yet acknowledged."""

    def connected(self) -> bool:
        """True if the broker answered lately."""

    def close(self) -> None:
        """Free everything, also what is still under way. Never raises."""


def murmur2(data: bytes) -> int:
    """Kafka's 32-bit hash of a key (org.apache.kafka.common.utils.Utils.murmur2), unsigned."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)


@lru_cache(maxsize=4096)
def partition_of(camera: str, partitions: int) -> int:
    """Where a camera lives: the same in every client and language."""
    return (murmur2(camera.encode()) & 0x7FFFFFFF) % partitions
