"""A whole compacted topic in memory: the newest message of each key."""

import logging
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Place, Reader, Record
from libs.common.errors import PermanentError
from libs.common.keyed import key_of
from libs.common.messages import Message
from libs.common.whole import Whole

log = logging.getLogger(__name__)

MOST_BYTES = 8 << 20


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
    _used_bytes: int = 0
    _full: bool = False

    def __post_init__(self) -> None:
        self._whole = Whole(self.reader)

    @property
    def complete(self) -> bool:
        """Whether all that was there at the first look was read."""
        return self._whole.complete

    def poll(self, timeout_s: float) -> bool:
        """Read what comes within so long, less while it is not complete; whether anything changed.

        Raises TemporaryError where no broker answers, FatalError without the right to read.
        """
        batch = self._whole.poll(timeout_s)
        for place in batch.revoked:
            self._forget(place)
        for record in batch.records:
            self._take(record)
        return bool(batch.records or batch.assigned or batch.revoked)

    def _forget(self, place: Place) -> None:
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
