"""Notices of one channel that are not finished, oldest happening first."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from sys import intern
from typing import NamedTuple, cast

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.messages import Notice
from services.notifier.ledger.standing import Standing
from services.notifier.own_kinds import SUMMARY

MOST = 1000
"""So many are handed out at a time: as many as a summary may list."""
OVERHEAD_BYTES = 1000
"""About what an entry takes beside its value."""


class Order(NamedTuple):
    """What completes a message comes after that message; both are of the same moment."""

    at: int
    completes: bool
    noticed_at: int
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest record of a notice that counts, as it came: read again when somebody asks."""

    id: str
    channel: str
    camera: str
    rule: str
    order: Order
    standing: Standing
    due_at: int
    place: Place
    offset: int
    value: bytes

    @classmethod
    def of(cls, record: Record, notice: Notice) -> "Entry":
        order = Order(notice.at, notice.updates is not None, notice.noticed_at, notice.id)
        standing = Standing.of(notice, record.timestamp_ms)
        names = intern(notice.channel), intern(notice.camera), intern(notice.rule)
        return cls(notice.id, *names, order, standing, notice.due_at, record.place, record.offset, record.value or b"")

    @property
    def is_calm(self) -> bool:
        """A summary of nothing urgent."""
        return bool(self.standing.members) and self.rule == SUMMARY

    @property
    def size_bytes(self) -> int:
        return len(self.value) + OVERHEAD_BYTES

    @property
    def notice(self) -> Notice:
        return cast("Notice", codec.decode(self.value))


@dataclass
class Queue:
    """Kept in order, and counted: how many there are is asked for every event, what they say seldom."""

    rules: Counter[str] = field(default_factory=Counter)
    summaries: Counter[str] = field(default_factory=Counter)
    """By rule, too."""
    _order: list[Order] = field(default_factory=list)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _noticed: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    """When, UTC ns, sorted: messages of their own; what completes another."""

    def __len__(self) -> int:
        return len(self._order)

    def put(self, entry: Entry) -> None:
        insort(self._order, entry.order)
        insort(self._noticed[entry.order.completes], entry.order.noticed_at)
        self._entries[entry.id] = entry
        self.rules[entry.rule] += 1
        if entry.standing.members:
            self.summaries[entry.rule] += 1

    def remove(self, entry: Entry) -> None:
        """The very one that was put."""
        del self._entries[entry.id]
        del self._order[bisect_left(self._order, entry.order)]
        noticed = self._noticed[entry.order.completes]
        del noticed[bisect_left(noticed, entry.order.noticed_at)]
        _take_one(self.rules, entry.rule)
        if entry.standing.members:
            _take_one(self.summaries, entry.rule)

    def first(self, quiet: bool = False) -> Entry | None:
        """`quiet`: that may disturb, or is to be looked at."""
        entries = (self._entries[order.id] for order in self._order)
        return next((entry for entry in entries if not (quiet and entry.is_calm)), None)

    def oldest(self, rules: Collection[str] | None = None) -> list[Entry]:
        """MOST of them; `rules`: of these alone."""
        entries = (self._entries[order.id] for order in self._order)
        return list(islice((entry for entry in entries if rules is None or entry.rule in rules), MOST))

    def noticed_since(self, since_ns: int) -> int:
        """How many messages of their own."""
        messages, _ = self._noticed
        return len(messages) - bisect_left(messages, since_ns)

    def noticed_first(self) -> int | None:
        return min((noticed[0] for noticed in self._noticed if noticed), default=None)


def _take_one(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if not counter[name]:
        del counter[name]
