"""When a picture was taken, as its name says."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from libs.common.clock import Clock

DIGITS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "j": 3, "y": 2}
"""Directives of strptime, and how many digits stand for each."""
MICROSECONDS = "f"
FUTURE_S = 300.0
EARLIEST_NS = round(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1e9)
NOT_IN_THE_NAME, FUTURE, PAST = "not-in-the-name", "future", "past"
DISBELIEVED = (NOT_IN_THE_NAME, FUTURE, PAST)


class NamePattern:
    """Finds directives of strptime, such as %Y%m%d%H%M%S, anywhere in a name or the folders before it."""

    def __init__(self, pattern: str, zone: ZoneInfo) -> None:
        """Raises ValueError for a pattern that gives no time."""
        self._zone = zone
        self._directives: list[str] = []
        self._regex = re.compile(rf"(?<![0-9]){self._compiled(pattern)}(?![0-9])")
        _complete(self._directives)

    def find(self, name: str) -> int | None:
        """UTC ns of the last place that fits, None where none does: the file's own name stands behind its folders.

        An hour that the clock shows twice is taken for the first one.
        """
        found = None
        for match in self._regex.finditer(name):
            found = self._time(match) or found
        return found

    def _compiled(self, pattern: str) -> str:
        parts = re.split(r"%(.?)", pattern)
        return "".join(re.escape(part) if at % 2 == 0 else self._digits(part) for at, part in enumerate(parts))

    def _digits(self, directive: str) -> str:
        if directive == "%":
            return "%"
        if directive not in {*DIGITS, MICROSECONDS} or directive in self._directives:
            raise ValueError(f"expected each of %{', %'.join(DIGITS)}, %{MICROSECONDS} at most once, and no other")
        self._directives.append(directive)
        return "([0-9]{1,6})" if directive == MICROSECONDS else f"([0-9]{{{DIGITS[directive]}}})"

    def _time(self, match: "re.Match[str]") -> int | None:
        text = " ".join(match.groups())
        try:
            at = datetime.strptime(text, " ".join(f"%{each}" for each in self._directives)).replace(tzinfo=self._zone)
        except ValueError:
            return None
        return (int(at.timestamp()) * 1_000_000 + at.microsecond) * 1000


class Times:
    """When pictures were taken: as their names say where that can be believed, else when they came."""

    def __init__(self, pattern: NamePattern | None, clock: Clock, disbelieved: Callable[[str], None]) -> None:
        self._pattern, self._clock, self._disbelieved = pattern, clock, disbelieved

    def of(self, name: str) -> int:
        """UTC ns."""
        now_ns = self._clock.now_ns()
        if self._pattern is None:
            return now_ns
        at_ns = self._pattern.find(name)
        why = _why_not(at_ns, now_ns)
        if why:
            self._disbelieved(why)
        return now_ns if at_ns is None or why else at_ns


def _why_not(at_ns: int | None, now_ns: int) -> str:
    if at_ns is None:
        return NOT_IN_THE_NAME
    if at_ns > now_ns + FUTURE_S * 1e9:
        return FUTURE
    return PAST if at_ns < EARLIEST_NS else ""


def _complete(directives: list[str]) -> None:
    has = set(directives)
    if not has & {"Y", "y"} or not ("j" in has or {"m", "d"} <= has) or not {"H", "M"} <= has:
        raise ValueError("expected a year (%Y), a month and a day (%m %d, or %j), an hour and a minute (%H %M)")
