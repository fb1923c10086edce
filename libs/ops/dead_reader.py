"""Reads topics of dead letters from beginning to end, once: no group, no commit, and no further than the end was."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Self

from libs.common.bus import OVERTAKEN, Batch, Place, Skipped
from libs.common.errors import FatalError, TemporaryError
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.ops.dead_letter import Letter

POLL_S = 0.2
SILENT_S = 8.0
"""The broker has this long for the next records."""


class DeadReader:
    """`ranges`: what there was at the start, first offset and end; `unreadable`: records of a topic, counted."""

    def __init__(self, settings: KafkaSettings, partitions: dict[str, int]) -> None:
        self.unreadable: Counter[str] = Counter()
        self.ranges: dict[Place, tuple[int, int]] = {}
        self._settings = settings
        self._places = {Place(topic, number) for topic, count in partitions.items() for number in range(count)}
        self._topics = list(partitions)
        self._silent_s = 0.0

    def __enter__(self) -> Self:
        self._reader = KafkaReader(self._settings, self._topics, None, None, "framebus-dead")
        try:
            unknown = set(self._places)
            while unknown:
                unknown -= set(self._poll().assigned)
            self.ranges = {place: self._reader.bounds(place) for place in sorted(self._places)}
        except BaseException:
            self._reader.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def letters(self, since_ms: int | None = None) -> Iterator[Letter]:
        """All of them, those of a place in order; those before since_ms are left out where the broker knows them."""
        waiting: dict[Place, int] = {}
        for place, (first, end) in self.ranges.items():
            start = first if since_ms is None else self.offset_at(place, since_ms)
            if start < end:
                waiting[place] = end
                self._reader.seek(place, start)
        while waiting:
            batch = self._poll()
            self._count(batch.skipped, waiting)
            for record in batch.records:
                if record.offset < waiting.get(record.place, 0):
                    yield Letter.of(record)
            self._settle(batch, waiting)

    def one(self, place: Place, offset: int) -> Letter | None:
        """The letter at this offset; None if it is not there any more or cannot be read. After `letters` only."""
        self._reader.seek(place, offset)
        self._reader.resume(place)
        try:
            while True:
                batch = self._poll()
                found = [record for record in batch.records if record.place == place]
                if found or _reached(batch, place) > offset or self._reader.lag(place) == 0:
                    return Letter.of(found[0]) if found and found[0].offset == offset else None
        finally:
            self._reader.pause(place)

    def offset_at(self, place: Place, time_ms: int) -> int:
        """The first offset of that time or later; the end if there is none."""
        first, end = self.ranges[place]
        found = self._reader.offset_at(place, time_ms)
        return end if found is None else min(max(first, found), end)

    def was_written(self, topic: str, partitions: int) -> bool:
        """True if there is, or ever was, a record in the topic."""
        return any(self._reader.bounds(Place(topic, number))[1] for number in range(partitions))

    def _settle(self, batch: Batch, waiting: dict[Place, int]) -> None:
        """Done with a place is who has come to its end; the last offsets may belong to no record (transactions)."""
        for place, end in list(waiting.items()):
            if _reached(batch, place) >= end or self._reader.lag(place) == 0:
                self._reader.pause(place)
                del waiting[place]

    def _count(self, skipped: list[Skipped], waiting: dict[Place, int]) -> None:
        for item in skipped:
            if item.reason != OVERTAKEN:
                self.unreadable[item.place.topic] += max(0, min(item.last + 1, waiting.get(item.place, 0)) - item.first)

    def _poll(self) -> Batch:
        start_s = time.monotonic()
        batch = self._reader.poll(POLL_S)
        if batch.revoked:
            raise FatalError(f"topic {batch.revoked[0].topic} was deleted or made anew meanwhile: try again")
        news = batch.records or batch.skipped or batch.assigned
        self._silent_s = 0.0 if news else self._silent_s + time.monotonic() - start_s
        if self._silent_s > SILENT_S:
            raise TemporaryError(f"no answer for {SILENT_S:g} s")
        return batch


def _reached(batch: Batch, place: Place) -> int:
    """The offset behind what the batch brought from this place; 0 if it brought nothing."""
    read = [record.offset + 1 for record in batch.records if record.place == place]
    return max([0, *read, *(item.last + 1 for item in batch.skipped if item.place == place)])
