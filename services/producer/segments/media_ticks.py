"""Times for a transport stream: whatever the source says, they rise and have no holes that are none."""

TICKS = 90_000
"""In a second, as MPEG has them."""
FIRST = TICKS
"""Sound may be a little earlier than the first picture, and no time may be below 0."""
BACK = TICKS
"""A step back by less is disorder, not a new beginning."""
LONGEST_GAP = 60 * TICKS
NEVER = 1 << 60
MOST_AHEAD = 10 * TICKS
"""So much later than it is decoded a picture may be shown."""


class Stamps:
    """Of one opening of a source. All times in ticks."""

    def __init__(self, rate: float) -> None:
        """`rate`: pictures per second where the stream tells no usable time."""
        self.step = round(TICKS / rate)
        self._offset: int | None = None
        self._read = 0
        self._last = FIRST - self.step
        self._last_sound = 0

    def picture(self, pts: int | None, dts: int | None) -> tuple[int, int]:
        """When to show and when to decode the next picture, which the stream says to be at `pts` and `dts`."""
        read = self._read_at(pts, dts)
        if self._offset is None or not -BACK < read + self._offset - self._last <= LONGEST_GAP:
            self._offset = self._last + self.step - read
        self._read = read
        self._last = max(self._last + 1, read + self._offset)
        ahead = pts + self._offset - self._last if pts is not None else 0
        return self._last + (ahead if 0 <= ahead <= MOST_AHEAD else 0), self._last

    def _read_at(self, pts: int | None, dts: int | None) -> int:
        if dts is not None:
            return dts
        if pts is not None and self._offset is None:
            return pts
        return self._read + (1 if pts is not None else self.step)

    def sound(self, pts: int) -> int | None:
        """When to play it; None for what belongs to no picture."""
        at = pts + (self._offset or 0)
        if self._offset is None or not max(self._last_sound, self._last - LONGEST_GAP) < at <= self._last + LONGEST_GAP:
            return None
        self._last_sound = at
        return at


def ticks(value: int | None, unit_s: float) -> int | None:
    """A time of the source, counted in `unit_s`; None for one that no stream would ever reach."""
    found = None if value is None else round(value * unit_s * TICKS)
    return found if found is not None and abs(found) < NEVER else None
