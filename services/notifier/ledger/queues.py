"""Notices of one channel that are not finished, oldest happening first."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from sys import intern
from typing import cast

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.messages import Notice
from services.notifier.ledger.standing import Standing

MOST = 1000
"""So many are handed out at a time: as many as a summary may list, and as a limit may allow."""
OVERHEAD_BYTES = 700
"""About what an entry takes beside its value."""

Order = tuple[int, bool, int, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest record of a notice that counts, as it came: read again when somebody asks."""

    id: str
    channel: str
    camera: str
    order: Order
    standing: Standing
    due_at: int
    place: Place
    offset: int
    value: bytes

    @classmethod
    def of(cls, record: Record, notice: Notice) -> "Entry":
        # What completes a message comes after that message; both are of the same moment.
        order = (notice.at, notice.updates is not None, notice.noticed_at, notice.id)
        standing = Standing.of(notice, record.timestamp_ms)
        channel, camera, value = intern(notice.channel), intern(notice.camera), record.value or b""
        return cls(notice.id, channel, camera, order, standing, notice.due_at, record.place, record.offset, value)

    @property
    def size_bytes(self) -> int:
        return len(self.value) + OVERHEAD_BYTES

    @property
    def notice(self) -> Notice:
        return cast("Notice", codec.decode(self.value))


@dataclass
class Queue:
    """Kept in order; the oldest are read once for all who ask, until something changes."""

    _order: list[Order] = field(default_factory=list)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _oldest: list[Notice] | None = None

    def __len__(self) -> int:
        return len(self._order)

    def put(self, entry: Entry) -> None:
        insort(self._order, entry.order)
        self._entries[entry.id] = entry
        self._oldest = None

    def remove(self, entry: Entry) -> None:
        if self._entries.pop(entry.id, None) is not None:
            del self._order[bisect_left(self._order, entry.order)]
            self._oldest = None

    def first(self) -> Entry | None:
        return self._entries[self._order[0][3]] if self._order else None

    def oldest(self) -> list[Notice]:
        """MOST of them."""
        if self._oldest is None:
            self._oldest = [self._entries[order[3]].notice for order in self._order[:MOST]]
        return list(self._oldest)
