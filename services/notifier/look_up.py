"""Finds one frame in a topic of frames again, within bounds: after a restart, or where another copy has read it."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Place, Reader, Record, partition_of
from libs.common.clock import Clock
from libs.common.errors import FramebusError, TemporaryError
from libs.common.messages import Frame, Notice

log = logging.getLogger(__name__)

WITHIN_S = 3.0
MOST_BYTES = 64 << 20
POLL_S = 0.02
REST_S = 30.0
"""So long a topic that could not be read is not tried again."""
BEFORE_S, AFTER_S = 2.0, 45.0
"""Around the moment of the picture: clocks differ, and a redactor may hold a frame for half a minute."""
FAR_S = 60.0
"""A picture so much older than the time at which it was noticed was brought later: it lies where it was noticed."""


@dataclass
class LookUp:
    """Reads the camera's partition of each topic by the broker's time, without a group.

    `connect` makes a reader of one topic; it raises FramebusError where none is to be had.
    """

    connect: Callable[[str], Reader]
    topics: Sequence[str]
    clock: Clock
    within_s: float = WITHIN_S
    most_bytes: int = MOST_BYTES
    _rests_until_s: dict[str, float] = field(default_factory=dict)

    def frames(self, notice: Notice) -> list[Frame]:
        """The frame of the notice, as each topic has it; none where it is gone or not found in time."""
        until_s = time.monotonic() + self.within_s
        awake = [each for each in self.topics if self._rests_until_s.get(each, 0.0) <= self.clock.monotonic_s()]
        found = [self._frame(topic, notice, until_s) for topic in awake]
        return [frame for frame in found if frame is not None]

    def _frame(self, topic: str, notice: Notice, until_s: float) -> Frame | None:
        try:
            reader = self.connect(topic)
            try:
                return _Search(reader, topic, notice, until_s, self.most_bytes).run()
            finally:
                reader.close()
        except FramebusError as error:
            if topic not in self._rests_until_s:
                log.warning("pictures of %s cannot be looked up: %s", topic, error)
            self._rests_until_s[topic] = self.clock.monotonic_s() + REST_S
            return None


@dataclass
class _Search:
    """One frame in one topic. Everything raises TemporaryError where the broker does not answer."""

    reader: Reader
    topic: str
    notice: Notice
    until_s: float
    left_bytes: int

    def run(self) -> Frame | None:
        place = Place(self.topic, partition_of(self.notice.camera, self._partitions()))
        for since_ms, until_ms in windows(self.notice):
            if (start := self.reader.offset_at(place, since_ms)) is None:
                continue
            for message in codec.readable(record.value for record in self._records(place, start, until_ms)):
                if isinstance(message, Frame) and message.frame_id == self.notice.frame_id:
                    return message
        return None

    def _partitions(self) -> int:
        while time.monotonic() < self.until_s:
            if assigned := self.reader.poll(POLL_S).assigned:
                return len(assigned)
        raise TemporaryError(f"{self.topic} did not answer in time")

    def _records(self, place: Place, start: int, until_ms: int) -> Iterator[Record]:
        """From there on to its end, or until they are too young or too many."""
        end = self.reader.bounds(place)[1]
        self.reader.seek(place, start)
        while start < end and time.monotonic() < self.until_s:
            batch = self.reader.poll(POLL_S)
            for record in batch.records:
                if record.place != place or record.offset < start:
                    continue
                self.left_bytes -= len(record.value or b"")
                if record.timestamp_ms > until_ms or self.left_bytes < 0:
                    return
                start = record.offset + 1
                yield record
            start = max([start, *(skipped.last + 1 for skipped in batch.skipped if skipped.place == place)])


def windows(notice: Notice) -> list[tuple[int, int]]:
    """From when to when the broker may have got the frame, ms: around its moment, or around when it was noticed."""
    moments = [notice.at] + ([notice.noticed_at] if abs(notice.noticed_at - notice.at) > FAR_S * 1e9 else [])
    spans = [(at // 1_000_000 - round(BEFORE_S * 1000), at // 1_000_000 + round(AFTER_S * 1000)) for at in moments]
    if len(spans) > 1:
        late_ms = notice.noticed_at // 1_000_000
        spans[1] = (late_ms - round(AFTER_S * 1000), late_ms + round(BEFORE_S * 1000))
    return [(max(0, since), until) for since, until in spans]
