"""The summary of one channel: when it is made, by whom, and of what."""

import logging
from collections.abc import Iterable

from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.messages import Notice, replace
from services.notifier.book import Book
from services.notifier.delivery.limits import DISAGREEMENT_NS, SECOND_NS, Limits, is_urgent
from services.notifier.ids import notice_id, summary_event
from services.notifier.ledger.ledger import Ledger
from services.notifier.own_kinds import SUMMARY, URGENT

log = logging.getLogger(__name__)

MOST_MEMBERS = 1000
"""By the contract; what is more is told by the next summary."""

LOOK_EVERY_S = 1.0
PATIENCE_S = 120.0
"""After this the copy that gathered the first one is believed dead."""


class Summaries:
    """Used by one thread: the channel's courier."""

    def __init__(self, channel: str, ledger: Ledger, limits: Limits, clock: Clock) -> None:
        self._channel = channel
        self._ledger, self._limits, self._clock = ledger, limits, clock
        self._looked_s = float("-inf")
        self._ripe: tuple[str, float] = ("", 0.0)

    def make(self, book: Book) -> bool:
        """Whether one was written. What the log takes in no form is tried again later. Raises TemporaryError."""
        now_s, now_ns = self._clock.monotonic_s(), self._clock.now_ns()
        if not self._is_time(book, now_ns) or now_s - self._looked_s < LOOK_EVERY_S:
            return False
        self._looked_s = now_s
        members = self._limits.gathered(book, self._channel, now_ns)[:MOST_MEMBERS]
        first_ns = min((notice.noticed_at for notice in members), default=None)
        if not self._has_waited(book, first_ns, now_ns) or not self._is_mine(members[0], now_s):
            return False
        try:
            self._write(self._summary(book, members, now_ns))
        except PermanentError as error:
            self._looked_s = now_s + PATIENCE_S
            log.error("channel %s: a summary is not written: %s", self._channel, error)
            return False
        return True

    def extended(self, book: Book, summary: Notice) -> Notice:
        """With what was gathered since it was made."""
        more = self._limits.gathered(book, self._channel, self._clock.now_ns())
        members = dict.fromkeys([*summary.members, *(notice.id for notice in more)])
        rule = URGENT if _is_urgent(book, more) else summary.rule
        return replace(summary, members=tuple(members)[:MOST_MEMBERS], rule=rule)

    def halved(self, summary: Notice) -> Notice | None:
        """One that the log does not take, with the first half of its members; None: it has but one.

        The log has the others by then, as summaries of their own: the same ones at each try. Raises TemporaryError,
        PermanentError where the log takes no summary of a single one.
        """
        half = len(summary.members) // 2
        if half == 0:
            return None
        event = summary_event(summary.members[half])
        rest = replace(summary, id=notice_id(event, summary.channel), event=event, members=summary.members[half:])
        self._write(replace(rest, state="waiting", attempts=0, due_at=0, handle=None, error=None))
        return replace(summary, members=summary.members[:half])

    def _write(self, summary: Notice) -> None:
        """As one, or as several that are short enough."""
        try:
            self._ledger.write(summary)
        except PermanentError:
            half = self.halved(summary)
            if half is None:
                raise
            self._write(half)

    def _is_time(self, book: Book, now_ns: int) -> bool:
        """As far as can be said without reading them."""
        backlog = self._ledger.backlog(self._channel)
        on_their_way = backlog.summaries
        if self._limits.quiet(book, self._channel, now_ns):
            on_their_way -= {SUMMARY}
        if on_their_way or not self._has_waited(book, backlog.gathered_ns, now_ns):
            return False
        return self._limits.gathers(book, self._channel, now_ns) and self._limits.room(book, self._channel, now_ns) >= 1

    def _has_waited(self, book: Book, first_ns: int | None, now_ns: int) -> bool:
        """`first_ns`: when the first one was noticed, None: there is none."""
        if first_ns is None:
            return False
        return not -DISAGREEMENT_NS <= now_ns - first_ns < book.channels[self._channel].per * SECOND_NS

    def _is_mine(self, first: Notice, now_s: float) -> bool:
        """Two copies would call it the same, and might name other members: one of them makes it."""
        if self._ripe[0] != first.id:
            self._ripe = first.id, now_s
        is_ours = first.by in (None, self._ledger.sign(first).by)
        return is_ours or now_s - self._ripe[1] >= PATIENCE_S

    def _summary(self, book: Book, members: list[Notice], now_ns: int) -> Notice:
        event = summary_event(members[0].id)
        return Notice(
            id=notice_id(event, self._channel),
            event=event,
            camera=members[0].camera,
            channel=self._channel,
            rule=URGENT if _is_urgent(book, members) else SUMMARY,
            kind=SUMMARY,
            at=members[-1].at,
            noticed_at=now_ns,
            state="waiting",
            members=tuple(notice.id for notice in members),
        )


def may_grow(summary: Notice) -> bool:
    """Not once it was handed over, perhaps by a copy that died: who has it takes nothing more under its id."""
    return summary.attempts == 0 and summary.state == "waiting" and len(summary.members) < MOST_MEMBERS


def _is_urgent(book: Book, members: Iterable[Notice]) -> bool:
    return any(is_urgent(book, member) for member in members)
