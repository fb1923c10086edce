"""What a service published of a camera before a frame: it goes on from there after a start or a change of hands."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Thread

from libs.common import codec
from libs.common.bus import Place, Reader, Record, partition_of
from libs.common.clock import Clock
from libs.common.errors import FramebusError, TemporaryError
from libs.common.messages import Event, Frame, Message, replace

log = logging.getLogger(__name__)

FRAMES_S = 5.0
FRAMES_BYTES = 32 << 20
EVENTS_S = 24 * 3600.0
MOST_EVENTS = 10_000
WITHIN_S = 1.5
"""Whoever asks holds up all cameras of the process meanwhile; through a slow network it goes on without."""

POLL_S = 0.005
"""Who has nothing yet waits for so long: partitions and records come milliseconds after they are asked for."""

REST_S = 30.0
"""So long a topic that could not be read is not tried again."""

FRESH_S = 5.0
"""What was read of a partition holds for all its cameras that are asked for within so long: nobody else writes it."""

Past = dict[str, list[Message]]


@dataclass(slots=True)
class _Read:
    """What was read of a partition, and when; whoever asks a second time has been in other hands meanwhile."""

    at_s: float
    past: Past
    asked: set[str] = field(default_factory=set)


@dataclass
class Recall:
    """Reads the ends of an output topic and of the events topic, without a group, partition by partition.

    `connect` makes a reader of one topic, None where it does not exist; both that and what it reads may fail: then
    nothing is recalled, which is said once.
    """

    connect: Callable[[str], Reader | None]
    frames: str
    events: str | None
    clock: Clock
    within_s: float = WITHIN_S
    _read: dict[int, _Read] = field(default_factory=dict)
    _rests_until_s: dict[str, float] = field(default_factory=dict)
    _partitions: int = 0

    def before(self, frame: Frame) -> Sequence[Message]:
        """Frames (without their pictures) of the last seconds and events of the last day, oldest first.

        Frames are those of the partition's last 5 s, at most 32 MiB; events at most the last 10,000 of the partition.
        """
        read = self._fresh(frame.camera) or self._read_in_time(frame)
        read.asked.add(frame.camera)
        found = [message for message in read.past.pop(frame.camera, []) if time_of(message) < frame.captured_at]
        return sorted(found, key=time_of)

    def _fresh(self, camera: str) -> _Read | None:
        if not self._partitions:
            return None
        read = self._read.get(partition_of(camera, self._partitions))
        is_fresh = read is not None and self.clock.monotonic_s() - read.at_s < FRESH_S and camera not in read.asked
        return read if is_fresh else None

    def _read_in_time(self, frame: Frame) -> _Read:
        """Nothing, if it takes too long: connecting alone is many ways there and back."""
        found: list[_Read] = []
        reading = Thread(target=lambda: found.append(self._read_all(frame)), name="recall", daemon=True)
        if all(self._rests_until_s.get(topic, 0.0) > self.clock.monotonic_s() for topic in self._topics()):
            return _Read(self.clock.monotonic_s(), {})
        reading.start()
        reading.join(self.within_s)
        if not found:
            for topic in self._topics():
                self._rest(topic, TemporaryError("it took too long"))
        return found[0] if found else _Read(self.clock.monotonic_s(), {})

    def _topics(self) -> tuple[str, ...]:
        return (self.frames, self.events) if self.events is not None else (self.frames,)

    def _read_all(self, frame: Frame) -> _Read:
        read, until_s = _Read(self.clock.monotonic_s(), {}), time.monotonic() + self.within_s
        for topic in self._topics():
            if self._rests_until_s.get(topic, 0.0) > self.clock.monotonic_s():
                continue
            try:
                for message in self._read_topic(topic, frame, until_s):
                    read.past.setdefault(message.camera, []).append(message)
            except FramebusError as error:
                self._rest(topic, error)
        if self._partitions:
            self._read[partition_of(frame.camera, self._partitions)] = read
        return read

    def _rest(self, topic: str, error: FramebusError) -> None:
        if topic not in self._rests_until_s:
            log.warning("tracks and events begin anew, what was published before cannot be read: %s: %s", topic, error)
        self._rests_until_s[topic] = self.clock.monotonic_s() + REST_S

    def _read_topic(self, topic: str, frame: Frame, until_s: float) -> list[Frame | Event]:
        if (reader := self.connect(topic)) is None:
            return []
        try:
            tail = Tail(reader, topic, until_s)
            partitions = tail.partitions()
            place = Place(topic, partition_of(frame.camera, partitions))
            if topic == self.events:
                records = tail.since(place, min(frame.captured_at, self.clock.now_ns()), EVENTS_S, MOST_EVENTS)
            else:
                self._partitions = partitions
                records = tail.last_seconds(place, FRAMES_S, FRAMES_BYTES, frame.captured_at // 1_000_000)
        finally:
            reader.close()
        return list(_messages(records))


class Tail:
    """The end of the partitions of one topic. Everything raises FramebusError where it cannot be had in time."""

    def __init__(self, reader: Reader, topic: str, until_s: float) -> None:
        """`until_s`: the end of its time, by time.monotonic()."""
        self._reader = reader
        self._topic = topic
        self._until_s = until_s

    def partitions(self) -> int:
        """How many there are."""
        while True:
            if assigned := self._reader.poll(POLL_S).assigned:
                return len(assigned)
            self._check()

    def last_seconds(self, place: Place, seconds: float, most_bytes: int, before_ms: int) -> list[Record]:
        """Up to the newest record, from so long before it, or before `before_ms` if that is earlier.

        Fewer where that would be too many bytes: another camera's newest may be much younger.
        """
        first, end = self._reader.bounds(place)
        if end <= first:
            return []
        newest = self._from(place, end - 1, end)
        if not newest:
            return []
        most = max(1, most_bytes // max(1, len(newest[-1].value or b"")))
        at = self._reader.offset_at(place, min(newest[-1].timestamp_ms, before_ms) - round(seconds * 1000))
        return self._from(place, max(first, end - most, end - 1 if at is None else at), end)

    def since(self, place: Place, at: int, seconds: float, most: int) -> list[Record]:
        """The newest, those written at most so long before `at` (ns)."""
        first, end = self._reader.bounds(place)
        if end <= first:
            return []
        found = self._reader.offset_at(place, at // 1_000_000 - round(seconds * 1000))
        return [] if found is None else self._from(place, max(first, found, end - most), end)

    def _from(self, place: Place, start: int, end: int) -> list[Record]:
        self._reader.seek(place, start)
        records: list[Record] = []
        position = start
        while position < end:
            batch = self._reader.poll(POLL_S)
            records += [record for record in batch.records if record.place == place and record.offset >= position]
            gone = [skipped.last + 1 for skipped in batch.skipped if skipped.place == place]
            position = max([position, *gone, *(record.offset + 1 for record in records[-1:])])
            self._check()
        return [record for record in records if record.offset < end]

    def _check(self) -> None:
        if time.monotonic() > self._until_s:
            raise TemporaryError(f"{self._topic} did not answer in time")


def time_of(message: Message) -> int:
    """When it was captured or happened, ns."""
    return message.captured_at if isinstance(message, Frame) else message.at if isinstance(message, Event) else 0


def _messages(records: Iterable[Record]) -> Iterable[Frame | Event]:
    """What cannot be read is no history."""
    for message in codec.readable(record.value for record in records):
        if isinstance(message, Frame):
            yield replace(message, image=b"")
        elif isinstance(message, Event):
            yield message
