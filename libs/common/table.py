"""A whole compacted topic in memory: the newest message of each key."""

import logging
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Batch, Place, Reader, Record
from libs.common.errors import PermanentError
from libs.common.keyed import key_of
from libs.common.messages import Message

log = logging.getLogger(__name__)

MOST_BYTES = 8 << 20
HASTE_S = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """`at_ms`: when the broker took it, UTC; `size_bytes`: on the wire."""

    message: Message
    at_ms: int
    place: Place
    size_bytes: int


@dataclass
class Table:
    """Reads without a group, each partition from its beginning, and goes on for as long as it is polled.

    What is no message of `kinds` under its own key is passed over; what would be more than MOST_BYTES is left out.
    """

    reader: Reader
    kinds: tuple[type[Message], ...]
    rows: dict[str, Row] = field(default_factory=dict)
    _ends: dict[Place, int] = field(default_factory=dict)
    """Of places that are not yet read up to where they ended when they were found."""
    _empty: dict[Place, int] = field(default_factory=dict)
    """Read from there on once the others are read: a broker takes its time to say that nothing came."""
    _used_bytes: int = 0
    _found: bool = False
    _full: bool = False

    @property
    def complete(self) -> bool:
        """Whether all that was there at the first look was read."""
        return self._found and not self._ends

    def poll(self, timeout_s: float) -> bool:
        """Read what comes within so long, less while it is not complete; whether anything changed.

        Raises TemporaryError where no broker answers, FatalError without the right to read.
        """
        batch = self.reader.poll(timeout_s if self.complete else min(timeout_s, HASTE_S))
        for place in batch.revoked:
            self._forget(place)
        for place in batch.assigned:
            self._begin(place)
        for record in batch.records:
            self._take(record)
        self._settle(batch)
        return bool(batch.records or batch.assigned or batch.revoked)

    def _begin(self, place: Place) -> None:
        first, end = self.reader.bounds(place)
        self._found = True
        if first < end:
            self._ends[place] = end
            self.reader.seek(place, first)
        else:
            self._empty[place] = first

    def _forget(self, place: Place) -> None:
        self._ends.pop(place, None)
        self._empty.pop(place, None)
        for key in [key for key, row in self.rows.items() if row.place == place]:
            self._remove(key)

    def _remove(self, key: str) -> None:
        if (row := self.rows.pop(key, None)) is not None:
            self._used_bytes -= row.size_bytes

    def _take(self, record: Record) -> None:
        key = (record.key or b"").decode(errors="replace")
        if record.value is None:
            self._remove(key)
            return
        try:
            message = codec.decode(record.value)
        except PermanentError:
            return
        if isinstance(message, self.kinds) and key_of(message) == key:
            self._remove(key)
            self._keep(key, Row(message, record.timestamp_ms, record.place, len(record.value)))

    def _keep(self, key: str, row: Row) -> None:
        if self._used_bytes + row.size_bytes > MOST_BYTES:
            if not self._full:
                log.warning("%s holds more than %d MiB: some of it is not looked at", row.place.topic, MOST_BYTES >> 20)
            self._full = True
            return
        self.rows[key] = row
        self._used_bytes += row.size_bytes

    def _settle(self, batch: Batch) -> None:
        """The last offsets may belong to no record: compaction, transactions."""
        for record in batch.records:
            self._reached(record.place, record.offset + 1)
        for skipped in batch.skipped:
            self._reached(skipped.place, skipped.last + 1)
        for place in list(self._ends):
            if self.reader.lag(place) == 0:
                del self._ends[place]
        while self._empty and not self._ends:
            self.reader.seek(*self._empty.popitem())

    def _reached(self, place: Place, offset: int) -> None:
        if offset >= self._ends.get(place, offset + 1):
            del self._ends[place]
