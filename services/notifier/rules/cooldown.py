"""How long a rule stays silent about the same: measured by what no step of the wall clock changes."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from libs.common.clock import Clock
from libs.common.messages import Notice
from services.notifier.happening import Happening
from services.notifier.happenings import place_of
from services.notifier.ids import notice_id
from services.notifier.rules.rule import Rule

MOST = 4096
"""Of rule, camera, label and kind; the one that fired longest ago is forgotten first, the ledger knows it still."""
SECOND_NS = 1_000_000_000

Key = tuple[str, str, str, str]


class Past(Protocol):
    """What a Ledger knows of what was told before this process began, or by another."""

    def find(self, notice_id: str) -> Notice | None:
        """The newest state of a notice, None if there is none."""

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        """The newest such happening that this rule has told."""


@dataclass(slots=True)
class Told:
    """The last one that was told. `at`: UTC ns, comparable within `boot`; `come_s`: when it came, by our own clock.

    `seq`: of its frame, -1 where it is not known.
    """

    boot: str
    at: int
    seq: int
    come_s: float
    left_out: int = 0
    """So many were not told since."""
    last_left_out: str = ""


class Cooldown:
    """Per rule, camera, label and kind of event. Asked about the same happening again it answers the same."""

    def __init__(self, clock: Clock, past: Past) -> None:
        self._clock, self._past = clock, past
        self._told: OrderedDict[Key, Told] = OrderedDict()
        self._firing: OrderedDict[tuple[str, str], int] = OrderedDict()
        """Rule and event -> how many it tells of beside itself."""

    def told(self, rule: Rule, happening: Happening) -> int | None:
        """How many beside it were counted in it, if this rule has told of this very happening; None: it has not."""
        if (meanwhile := self._firing.get((rule.name, happening.id))) is not None:
            return meanwhile
        for channel in rule.channels:
            notice = self._past.find(notice_id(happening.id, channel))
            if notice is not None and notice.rule == rule.name:
                if self._last(rule, happening) is None:
                    self._keep(_key(rule, happening), self._from(notice))
                return self._fired(rule, happening, notice.meanwhile)
        return None

    def left_s(self, rule: Rule, happening: Happening) -> float:
        """So long it is still silent about this; 0: it may be told."""
        last = self._last(rule, happening)
        if last is None:
            return 0.0
        passed_s = self._passed_s(last, happening)
        return max(0.0, rule.cooldown_s - passed_s)

    def _passed_s(self, last: Told, happening: Happening) -> float:
        """None since, for what is only late. A later frame with an earlier time: somebody's clock was set back."""
        if not last.boot or last.boot != happening.boot:
            return self._clock.monotonic_s() - last.come_s
        if happening.at < last.at and _seq(happening.frame_id) > last.seq >= 0:
            return self._clock.monotonic_s() - last.come_s
        return max(0, happening.at - last.at) / SECOND_NS

    def fires(self, rule: Rule, happening: Happening) -> int:
        """From now on it is silent; how many it has left out since it fired last."""
        last = self._told.get(key := _key(rule, happening))
        told = Told(happening.boot, happening.at, _seq(happening.frame_id), self._clock.monotonic_s())
        self._keep(key, told)
        return self._fired(rule, happening, last.left_out if last else 0)

    def leave_out(self, rule: Rule, happening: Happening) -> None:
        """Counts one that is not told, once."""
        last = self._told.get(_key(rule, happening))
        if last is not None and last.last_left_out != happening.id:
            last.left_out += 1
            last.last_left_out = happening.id

    def forget(self, camera: str) -> None:
        """Another copy tells of this camera now: if it comes back, the ledger knows more than we."""
        for key in [key for key in self._told if key[1] == camera]:
            del self._told[key]

    def _fired(self, rule: Rule, happening: Happening, meanwhile: int) -> int:
        self._firing[rule.name, happening.id] = meanwhile
        if len(self._firing) > MOST:
            self._firing.popitem(last=False)
        return meanwhile

    def _keep(self, key: Key, told: Told) -> None:
        self._told[key] = told
        self._told.move_to_end(key)
        if len(self._told) > MOST:
            self._told.popitem(last=False)

    def _last(self, rule: Rule, happening: Happening) -> Told | None:
        if (last := self._told.get(key := _key(rule, happening))) is not None:
            return last
        if (notice := self._past.last(*key)) is None:
            return None
        self._keep(key, self._from(notice))
        return self._told[key]

    def _from(self, notice: Notice) -> Told:
        """Of before this process began only the wall clock knows: if it went back since, the cooldown begins anew."""
        passed_s = max(0.0, (self._clock.now_ns() - notice.noticed_at) / SECOND_NS)
        place = place_of(notice.frame_id)
        boot, seq = (place[1], place[2]) if place else ("", -1)
        return Told(boot, notice.at, seq, self._clock.monotonic_s() - passed_s)


def _key(rule: Rule, happening: Happening) -> Key:
    return rule.name, happening.camera, happening.label or "", happening.kind


def _seq(frame_id: str | None) -> int:
    place = place_of(frame_id)
    return place[2] if place else -1
