"""What the last process left in the spool may lie on the topic already: it died between sending and hearing of it."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.common import codec
from libs.common.bus import Batch, Place, Reader, Record, partition_of
from libs.common.errors import FatalError, FramebusError, PermanentError, TemporaryError
from libs.common.messages import Frame
from services.ftp_ingest.name_time import EARLIEST_NS
from services.ftp_ingest.spool.entries import Entry

log = logging.getLogger(__name__)

SLACK_MS = 300_000
"""This machine's clock and the broker's may differ by so much."""
POLL_S = 0.2
QUIET_S = 1.0
"""A broker that was frozen takes what lay in its sockets a moment after it answers again."""
RETRY_S = 2.0
STALLED_S = 30.0
FOR_EVER_NS = 2**62

Connect = Callable[[], Reader]


@dataclass(frozen=True, slots=True)
class Span:
    """When they can have been written, by the broker's clock (UTC ms)."""

    first_ms: int
    last_ms: int


def span_of(left: Sequence[Entry], alive_ns: int | None) -> Span:
    """From the oldest to the last sign of life of the process that left them, where it knew the time."""
    known = alive_ns is not None and alive_ns > EARLIEST_NS
    last_ns = max(alive_ns or 0, left[-1].stamp) if known else FOR_EVER_NS
    return Span(max(0, left[0].stamp // 1_000_000 - SLACK_MS), last_ns // 1_000_000 + SLACK_MS)


class SentBefore(threading.Thread):
    """Reads a topic's end in a thread of its own, without a group, until it knows; tries again through outages."""

    def __init__(self, connect: Connect, topic: str, left: Sequence[Entry], span: Span, stop: threading.Event) -> None:
        super().__init__(name="sent-before", daemon=True)
        self._connect, self._topic, self._span, self._stopped = connect, topic, span, stop
        self._wanted = {entry.frame_id for entry in left}
        self._keys = {entry.camera.encode(): entry.camera for entry in left}
        self._found: set[str] | None = None

    @property
    def found(self) -> set[str] | None:
        """The ids of those that are there; None: not known yet."""
        return self._found

    def run(self) -> None:
        said = False
        while not self._stopped.is_set() and self._found is None:
            try:
                self._found = self._read()
            except FatalError as error:
                log.warning("what a process that was killed had sent last may come twice: %s", error)
                self._found = set()
            except FramebusError as error:
                log.log(logging.DEBUG if said else logging.INFO, "reading back what was sent: %s", error)
                said = True
                self._stopped.wait(RETRY_S)
            except Exception:
                log.exception("a bug: what was sent is not read back")
                self._found = set()

    def _read(self) -> set[str]:
        reader = self._connect()
        try:
            tail = _Tail(reader, self._stopped, self._has)
            places = self._places(tail.partitions(self._topic))
            ends = {place: reader.bounds(place)[1] for place in places}
            tail.read({place: (self._start(reader, place), end) for place, end in ends.items()}, self._span.last_ms)
            self._stopped.wait(QUIET_S)
            tail.read({place: (end, reader.bounds(place)[1]) for place, end in ends.items()}, None)
        finally:
            reader.close()
        if tail.found:
            log.info("%d of %d pictures in the spool had been sent", len(tail.found), len(self._wanted))
        return tail.found

    def _places(self, partitions: int) -> set[Place]:
        return {Place(self._topic, partition_of(camera, partitions)) for camera in self._keys.values()}

    def _start(self, reader: Reader, place: Place) -> int:
        first, end = reader.bounds(place)
        at = reader.offset_at(place, self._span.first_ms)
        return end if at is None else max(first, at)

    def _has(self, record: Record) -> str | None:
        """The id of one that is wanted; pictures of other cameras are not even unpacked."""
        if record.key not in self._keys:
            return None
        try:
            message = codec.decode(record.value or b"")
        except PermanentError:
            return None
        return message.frame_id if isinstance(message, Frame) and message.frame_id in self._wanted else None


class _Tail:
    """Parts of the log of one reader. Everything raises FramebusError."""

    def __init__(self, reader: Reader, stop: threading.Event, has: Callable[[Record], str | None]) -> None:
        self.found: set[str] = set()
        self._reader, self._stop, self._has = reader, stop, has
        self._silent_s = 0.0
        self._ends: dict[Place, int] = {}

    def partitions(self, topic: str) -> int:
        while not (assigned := self._poll().assigned):
            pass
        return len([place for place in assigned if place.topic == topic])

    def read(self, parts: dict[Place, tuple[int, int]], last_ms: int | None) -> None:
        """Of each place from the first offset to before the second, or to the first record later than `last_ms`."""
        self._ends = {place: end for place, (start, end) in parts.items() if start < end}
        for place in self._ends:
            self._reader.seek(place, parts[place][0])
            self._reader.resume(place)
        while self._ends:
            batch = self._poll()
            for record in batch.records:
                self._take(record, last_ms)
            for skipped in batch.skipped:
                self._reached(skipped.place, skipped.last + 1)
            for place in [] if batch.records else list(self._ends):
                if self._reader.lag(place) == 0:
                    self._done(place)

    def _take(self, record: Record, last_ms: int | None) -> None:
        if record.place not in self._ends:
            return
        if last_ms is not None and record.timestamp_ms > last_ms:
            self._done(record.place)
            return
        if frame_id := self._has(record):
            self.found.add(frame_id)
        self._reached(record.place, record.offset + 1)

    def _reached(self, place: Place, offset: int) -> None:
        """The last offsets may belong to no record."""
        if offset >= self._ends.get(place, offset + 1):
            self._done(place)

    def _done(self, place: Place) -> None:
        del self._ends[place]
        self._reader.pause(place)

    def _poll(self) -> Batch:
        if self._stop.is_set():
            raise TemporaryError("stopped")
        batch = self._reader.poll(POLL_S)
        something = batch.records or batch.assigned or batch.skipped
        self._silent_s = 0.0 if something else self._silent_s + POLL_S
        if self._silent_s > STALLED_S:
            raise TemporaryError("the broker did not answer")
        return batch
