"""The summary of one channel: when it is made, by whom, and of what."""

from libs.common.clock import Clock
from libs.common.messages import Notice, replace
from services.notifier.book import Book
from services.notifier.delivery.kinds import SUMMARY, is_summary
from services.notifier.delivery.limits import DISAGREEMENT_NS, SECOND_NS, Limits
from services.notifier.ids import notice_id, summary_event
from services.notifier.ledger.ledger import Ledger

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
        """Whether one was written. Raises TemporaryError."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return False
        self._looked_s = now_s
        now_ns = self._clock.now_ns()
        members = self._limits.gathered(book, self._channel, now_ns)[:MOST_MEMBERS]
        if not members or not self._is_time(book, members, now_ns) or not self._is_mine(members[0], now_s):
            return False
        self._ledger.write(self._summary(members, now_ns))
        return True

    def extended(self, book: Book, summary: Notice) -> Notice:
        """With what was gathered since it was made: an outage ends in one summary, however long it was."""
        if len(summary.members) >= MOST_MEMBERS:
            return summary
        more = (notice.id for notice in self._limits.gathered(book, self._channel, self._clock.now_ns()))
        return replace(summary, members=tuple(dict.fromkeys([*summary.members, *more]))[:MOST_MEMBERS])

    def _is_time(self, book: Book, members: list[Notice], now_ns: int) -> bool:
        waited_ns = now_ns - min(notice.noticed_at for notice in members)
        if -DISAGREEMENT_NS <= waited_ns < book.channels[self._channel].per * SECOND_NS:
            return False
        if self._limits.room(book, self._channel, now_ns) < 1:
            return False
        return not any(is_summary(notice) for notice in self._ledger.waiting(self._channel))

    def _is_mine(self, first: Notice, now_s: float) -> bool:
        """Two copies would call it the same, and might name other members: one of them makes it."""
        if self._ripe[0] != first.id:
            self._ripe = first.id, now_s
        is_ours = first.by in (None, self._ledger.sign(first).by)
        return is_ours or now_s - self._ripe[1] >= PATIENCE_S

    def _summary(self, members: list[Notice], now_ns: int) -> Notice:
        event = summary_event(members[0].id)
        return Notice(
            id=notice_id(event, self._channel),
            event=event,
            camera=members[0].camera,
            channel=self._channel,
            rule=SUMMARY,
            kind=SUMMARY,
            at=members[-1].at,
            noticed_at=now_ns,
            state="waiting",
            members=tuple(notice.id for notice in members),
        )
