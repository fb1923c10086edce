"""Windows of the week, by the clock on the wall in a named time zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from libs.common.errors import SettingsError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
MIDNIGHT = 24 * 60
MOST_WINDOWS = 64
FORM = 'text like "Mon-Fri 18:00-06:00" or "22:00-24:00", in quotes'
_WINDOW = re.compile(r"(?:([A-Za-z,-]+) +)?([0-9][0-9]):([0-9][0-9]) *- *([0-9][0-9]):([0-9][0-9])")


@dataclass(frozen=True)
class Window:
    """Minutes of the day from `start` to before `end`; one that ends at or before its start ends on the next day."""

    days: frozenset[int]
    """On which it starts; 0 is Monday."""
    start: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        return (day in self.days and minute >= self.start) or ((day - 1) % 7 in self.days and minute < self.end)

    def __str__(self) -> str:
        """As somebody could have written it: `Sat,Sun 18:00-06:00`."""
        days = "" if self.days == EVERY_DAY else ",".join(DAYS[day].title() for day in sorted(self.days)) + " "
        return days + "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


@dataclass(frozen=True)
class Hours:
    """What the clock on the wall says, counts: an hour that it shows twice is in a window twice, one it skips never."""

    windows: tuple[Window, ...]
    zone: ZoneInfo

    def hold(self, at_ns: int) -> bool:
        """Whether a moment (UTC ns) lies in one of the windows."""
        local = datetime.fromtimestamp(at_ns // 1_000_000_000, self.zone)
        day, minute = local.weekday(), local.hour * 60 + local.minute
        return any(window.holds(day, minute) for window in self.windows)

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.windows))} {self.zone.key}"


def hours(windows: object, zone: object, where: str, key: str = "active") -> Hours:
    """From what YAML makes of `active` and `timezone`. Raises SettingsError, one line that begins with `where`.

    `key`: what the windows are called there.
    """
    texts = [windows] if isinstance(windows, str) else windows
    if not isinstance(texts, list):
        raise SettingsError(f"{where}, {key}: expected a list of {FORM}, not {_came(texts)}")
    if not 0 < len(texts) <= MOST_WINDOWS:
        raise SettingsError(f"{where}, {key}: {len(texts)} windows, expected 1 to {MOST_WINDOWS}")
    return Hours(
        tuple(_window(text, f"{where}, {key} {number}") for number, text in enumerate(texts, 1)),
        zone_of(zone, f"{where}, timezone", key),
    )


def _window(text: object, where: str) -> Window:
    found = _WINDOW.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise SettingsError(f"{where}: expected {FORM}, not {_came(text)}")
    days, *clock = found.groups()
    start, end = _minute(clock[:2]), _minute(clock[2:])
    if start is None or end is None or start in (end, MIDNIGHT):
        raise SettingsError(f"{where}: expected two different times, 00:00 to 24:00, not {_came(text)}")
    return Window(_days(days, where) if days else EVERY_DAY, start, end)


def _minute(clock: Sequence[str]) -> int | None:
    """Of the day; None for what no clock shows."""
    hour, minute = map(int, clock)
    total = hour * 60 + minute
    return total if minute < 60 and total <= MIDNIGHT else None


def _days(text: str, where: str) -> frozenset[int]:
    """`Mon-Fri,Sun`; a range may go over the end of the week."""
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        ends = [DAYS.index(name.lower()) for name in (first, last if dash else first) if name.lower() in DAYS]
        if len(ends) != 2:
            raise SettingsError(f"{where}: expected days like Mon-Fri or Sat,Sun, not {part!r}")
        days |= {(ends[0] + step) % 7 for step in range((ends[1] - ends[0]) % 7 + 1)}
    return frozenset(days)


def zone_of(name: object, where: str, key: str = "active") -> ZoneInfo:
    if name is None:
        raise SettingsError(f"{where}: expected one beside {key}, like Europe/Berlin or UTC")
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, LookupError):
        raise SettingsError(f"{where}: expected a name like Europe/Berlin or UTC, not {_came(name)}") from None


def _came(value: object) -> str:
    """What stood there; YAML 1.1 takes 5:00 for minutes and seconds, five times sixty."""
    hint = " (a time without quotes is a number to YAML)" if isinstance(value, int | float) else ""
    return f"{str(value)[:40]!r}{hint}"
