"""Pictures by the clock on the wall: every so many seconds within windows of the week."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from libs.common.errors import SettingsError
from libs.common.hours import Hours, Window, hours
from libs.common.settings_file import ClockTime

LATE_S = 60
"""What was missed for longer is not made up for."""

DAY_S = 86_400
MOST = 32
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\Z")
NAMED = "a name of small letters, digits, _ . and -, 64 at most"
FORM = 'active: "08:00-18:00" and every: SECONDS'


@dataclass(frozen=True, slots=True)
class Schedule:
    """From the beginning of each window on, every `every_s` seconds, as long as the window lasts.

    What the wall shows, counts: a time that it shows twice is due twice, one that it skips never.
    """

    name: str
    hours: Hours
    every_s: int

    def slot(self, at_ns: int) -> int | None:
        """When the newest picture was due (UTC s), seen from a moment (UTC ns); None: not in the last minute."""
        at_s = at_ns // 1_000_000_000
        begun = [self._begun(window, at_s) for window in self.hours.windows]
        return max((each for each in begun if each is not None), default=None)

    def _begun(self, window: Window, at_s: int) -> int | None:
        shown_s = _shown_s(self._local(at_s))
        late_s = (shown_s - 60 * window.start) % DAY_S % self.every_s
        local = self._local(at_s - late_s)
        if late_s > LATE_S or _shown_s(local) != (shown_s - late_s) % DAY_S:
            return None
        return at_s - late_s if window.holds(local.weekday(), local.hour * 60 + local.minute) else None

    def _local(self, at_s: int) -> datetime:
        return datetime.fromtimestamp(at_s, self.hours.zone)


def _shown_s(local: datetime) -> int:
    return local.hour * 3600 + local.minute * 60 + local.second


def schedules(value: object, timezone: object, where: str) -> tuple[Schedule, ...]:
    """From what YAML makes of {noon: {active: "08:00-18:00", every: 300}}; None is none.

    Raises SettingsError, one line that begins with `where`.
    """
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: expected names, each with {FORM}, not {str(value)[:40]!r}")
    if len(value) > MOST:
        raise SettingsError(f"{where}: {len(value)} schedules, expected {MOST} at most")
    return tuple(_schedule(name, given, timezone, where) for name, given in value.items())


def _schedule(name: object, given: object, timezone: object, where: str) -> Schedule:
    if not isinstance(name, str) or not NAME.match(name):
        raise SettingsError(f"{where}: expected {NAMED}, not {str(name)[:80]!r}")
    at = f"{where}, {name}"
    if not isinstance(given, Mapping) or given.keys() != {"active", "every"}:
        raise SettingsError(f"{at}: expected {FORM}, not {str(given)[:80]!r}")
    every = given["every"]
    if not isinstance(every, int) or isinstance(every, bool | ClockTime) or not 0 < every <= DAY_S:
        raise SettingsError(f"{at}, every: expected whole seconds, 1 to {DAY_S}, not {str(every)[:40]!r}")
    return Schedule(name, hours(given["active"], timezone, at), every)
