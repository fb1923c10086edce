"""Decides of each happening who is told of it: one notice for each event and channel, whatever is repeated."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from libs.common.clock import Clock
from libs.common.messages import Notice, replace
from services.notifier import notices
from services.notifier.book import Book
from services.notifier.channels.settings import ChannelSettings
from services.notifier.delivery.limits import Limits
from services.notifier.happening import Happening
from services.notifier.ids import notice_id
from services.notifier.ledger.ledger import Ledger
from services.notifier.rules.judge import Judge, Verdict
from services.notifier.rules.rule import Rule

MOST_KNOWN = 20_000
OPEN = ("waiting", "claimed", "sent")
"""States of a notice that can be completed."""
V = TypeVar("V")


@dataclass
class Decide:
    """What is given out is on its way to the log: until it can be read there, it is known from here."""

    book: Callable[[], Book]
    judge: Judge
    ledger: Ledger
    limits: Limits
    clock: Clock
    _decided: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _given: OrderedDict[str, Notice] = field(default_factory=OrderedDict)

    def knows(self, event: str) -> bool:
        """Whether this process has decided it."""
        return event in self._decided

    def settle(self, event: str) -> None:
        """It is decided: what comes of it now is a repeat."""
        _put(self._decided, event, None)

    def forget(self, camera: str) -> None:
        self.judge.forget(camera)

    def early(self, happening: Happening) -> list[Notice]:
        """What can be told before the frame comes: where the channel can complete it."""
        book = self.book()
        editing = frozenset(name for name, channel in book.channels.items() if channel.can_edit)
        verdicts = self.judge.judge(book, happening, early=True) if editing else []
        return self._notices(book, verdicts, happening, editing, waits=True)

    def half(self, happening: Happening) -> list[Notice]:
        """What can be told before the event comes: what it cannot take back."""
        book = self.book()
        verdicts = self.judge.judge(book, happening, early=True)
        return self._notices(book, verdicts, happening, frozenset(book.channels), waits=True)

    def whole(self, happening: Happening, is_half: bool = False) -> list[Notice]:
        """All that is told of it, and what completes what was told early; also when its other half comes after all.

        `is_half`: its event has come and is forgotten; what that can take back is not told.
        """
        book = self.book()
        self.settle(happening.id)
        verdicts = self.judge.judge(book, happening, early=is_half)
        return self._notices(book, verdicts, happening, frozenset(book.channels), waits=False)

    def _notices(
        self, book: Book, verdicts: Sequence[Verdict], happening: Happening, among: frozenset[str], waits: bool
    ) -> list[Notice]:
        """At most one for each channel: of several rules that fire an urgent one tells it, else the first one.

        `waits`: its other half may come yet.
        """
        firing = sorted((each for each in verdicts if each.fires), key=lambda verdict: not verdict.rule.urgent)
        pairs = [(verdict, channel) for verdict in firing for channel in verdict.rule.channels if channel in among]
        found = [self._next(book, verdict, channel, happening, waits) for verdict, channel in pairs]
        return [notice for notice in found if notice is not None]

    def _next(self, book: Book, verdict: Verdict, channel: str, happening: Happening, waits: bool) -> Notice | None:
        first = self._known(notice_id(happening.id, channel))
        if first is None:
            return self._first(book, verdict, channel, happening, waits)
        if not self._lacks_picture(first, verdict.rule, book.channels[channel]):
            return None
        rule = notices.as_decided(first, verdict.rule)
        if not notices.may_show(happening, rule):
            return None
        return self._give(notices.picture_update(first, happening, rule, self.clock.now_ns()))

    def _first(self, book: Book, verdict: Verdict, channel: str, happening: Happening, waits: bool) -> Notice | None:
        """What a summary is to tell has no hurry: with the other half a rule may fire that is more urgent."""
        rule, now_ns = verdict.rule, self.clock.now_ns()
        follows = waits and not happening.has_frame and rule.picture and book.channels[channel].picture
        notice = notices.first_notice(happening, rule, channel, now_ns, follows, verdict.meanwhile)
        state = self.limits.state(book, channel, rule.urgent, notice.at, now_ns, notice.id)
        return None if waits and state == "gathered" else self._give(replace(notice, state=state))

    def _lacks_picture(self, first: Notice, rule: Rule, channel: ChannelSettings) -> bool:
        wanted = channel.can_edit and channel.picture and rule.picture and first.rule == rule.name
        is_open = notices.follows(first) and first.state in OPEN
        return wanted and is_open and self._known(notice_id(first.event, first.channel, notices.PICTURE)) is None

    def _known(self, name: str) -> Notice | None:
        return self.ledger.find(name) or self._given.get(name)

    def _give(self, notice: Notice) -> Notice:
        _put(self._given, notice.id, notices.outline(notice))
        return self.ledger.sign(notice)


def _put(known: OrderedDict[str, V], key: str, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > MOST_KNOWN:
        known.popitem(last=False)
