"""What is still asked for once a notice is finished: its id, when a channel was given something, what a rule told."""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field

from libs.common.messages import Notice, replace
from services.notifier.own_kinds import is_summary

MOST_IDS = 200_000
"""About 35 MiB; a week has as many if there is one every three seconds."""
MOST_TIMES = 2000
"""By channel: no limit allows more."""
MOST_TOLD = 5000
"""Rules by cameras by labels by kinds."""


@dataclass
class Ids:
    """The states of finished notices; the one that is there for longest goes first."""

    _states: dict[bytes, str] = field(default_factory=dict)

    def put(self, notice_id: str, state: str) -> None:
        self._states[_short(notice_id)] = state
        if len(self._states) > MOST_IDS:
            del self._states[next(iter(self._states))]

    def remove(self, notice_id: str) -> None:
        self._states.pop(_short(notice_id), None)

    def state(self, notice_id: str) -> str | None:
        return self._states.get(_short(notice_id))


@dataclass
class Given:
    """When each channel was given a message, UTC ns."""

    _times: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def put(self, channel: str, at_ns: int) -> None:
        insort(self._times[channel], at_ns)
        del self._times[channel][:-MOST_TIMES]

    def since(self, channel: str, since_ns: int) -> int:
        times = self._times.get(channel, [])
        return len(times) - bisect_left(times, since_ns)


@dataclass
class Told:
    """The newest happening that each rule has told of a camera, a label and a kind, whatever became of the message."""

    _newest: dict[tuple[str, str, str, str], Notice] = field(default_factory=dict)

    def put(self, notice: Notice) -> None:
        if is_summary(notice) or notice.updates is not None:
            return
        key = (notice.rule, notice.camera, notice.label or "", notice.kind)
        newest = self._newest.pop(key, notice)
        if newest.at <= notice.at:
            newest = replace(notice, text="", data={}, labels={}, counts={})
        self._newest[key] = newest
        if len(self._newest) > MOST_TOLD:
            del self._newest[next(iter(self._newest))]

    def get(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        return self._newest.get((rule, camera, label, kind))


def _short(notice_id: str) -> bytes:
    """Ours are hexadecimal; half as long like that."""
    try:
        return bytes.fromhex(notice_id)
    except ValueError:
        return b"=" + notice_id.encode()
