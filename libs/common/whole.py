"""A whole topic, record by record: each of its partitions from the beginning, and what comes later."""

from dataclasses import dataclass, field

from libs.common.bus import Batch, Place, Reader

HASTE_S = 0.05


@dataclass
class Whole:
    """`reader` is in no group: every copy reads all of it, and goes on for as long as this is polled."""

    reader: Reader
    _ends: dict[Place, int] = field(default_factory=dict)
    """Of places that are not yet read up to where they ended when they were found."""
    _empty: dict[Place, int] = field(default_factory=dict)
    """Read from there on once the others are read: a broker takes its time to say that nothing came."""
    _found: bool = False

    @property
    def complete(self) -> bool:
        """Whether all that was there at the first look was read."""
        return self._found and not self._ends

    def poll(self, timeout_s: float) -> Batch:
        """What comes within so long, less while it is not complete. What lay in its `revoked` places is no more.

        Raises TemporaryError where no broker answers, FatalError without the right to read.
        """
        batch = self.reader.poll(timeout_s if self.complete else min(timeout_s, HASTE_S))
        for place in batch.revoked:
            self._ends.pop(place, None)
            self._empty.pop(place, None)
        for place in batch.assigned:
            self._begin(place)
        self._settle(batch)
        return batch

    def _begin(self, place: Place) -> None:
        first, end = self.reader.bounds(place)
        self._found = True
        if first < end:
            self._ends[place] = end
            self.reader.seek(place, first)
        else:
            self._empty[place] = first

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
