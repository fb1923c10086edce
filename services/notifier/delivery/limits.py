"""How much a channel is given: at most so many messages in so many seconds, and none in its quiet hours."""

import threading
from functools import lru_cache

from libs.common.clock import Clock
from libs.common.hours import Hours, hours
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.ledger.ledger import Ledger
from services.notifier.own_kinds import OWN, is_own

SECOND_NS = 1_000_000_000
BACKLOG_NS = 15 * 60 * SECOND_NS
"""What is older than this when its turn comes is no news: it goes into a summary."""

DISAGREEMENT_NS = 10 * SECOND_NS
"""So far the clocks of two copies may be apart; what lies further in the future was written by a wrong clock."""

ON_ITS_WAY_S = 1.0


class Limits:
    """Thread-safe. What it has admitted counts from then on, not only when the log has it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._lock = threading.Lock()
        self._admitted: dict[str, dict[str, float]] = {}
        self._gathered_s: dict[str, float] = {}

    def state(self, book: Book, channel: str, urgent: bool, at: int, now_ns: int, notice: str) -> str:
        """`waiting`, or `gathered`: beyond the rate limit, in quiet hours (unless urgent), or older than 15 min.

        Asked once for each notice, before it is written. `notice`: its id; who asks twice for the same one gets the
        same answer and takes room once. While there is something for a summary, one place is its.
        """
        if is_old(at, now_ns) or (not urgent and self.quiet(book, channel, now_ns)):
            return "gathered"
        with self._lock:
            if notice in self._admitted.get(channel, {}):
                return "waiting"
            if self._has_place(book, channel, now_ns):
                self._admitted[channel][notice] = self._clock.monotonic_s()
                return "waiting"
            self._gathered_s[channel] = self._clock.monotonic_s()
            return "gathered"

    def room(self, book: Book, channel: str, now_ns: int) -> int:
        """So many messages this channel may still be given now."""
        with self._lock:
            return self._room(book, channel, now_ns)

    def is_spent(self, book: Book, channel: str, now_ns: int) -> bool:
        """Whether this channel was given, by all copies, as many as it may be for now."""
        return self._given(book, channel, now_ns) >= book.channels[channel].limit

    def quiet(self, book: Book, channel: str, now_ns: int) -> bool:
        """Whether this channel is to be left in peace at that moment (UTC ns)."""
        settings = book.channels[channel]
        windows = _hours(settings.quiet, settings.timezone or book.timezone) if settings.quiet else None
        return windows is not None and windows.hold(now_ns)

    def gathered(self, book: Book, channel: str, now_ns: int) -> list[Notice]:
        """What a summary may tell now, oldest first: in quiet hours only what is urgent, and was too much."""
        if not self.quiet(book, channel, now_ns):
            return self._ledger.gathered(channel)
        return [each for each in self._ledger.gathered(channel, urgent_rules(book)) if is_urgent(book, each)]

    def gathers(self, book: Book, channel: str, now_ns: int) -> bool:
        """Whether there is such; cheap, as nothing is read."""
        rules = self._ledger.backlog(channel).rules
        return bool(rules & urgent_rules(book) if self.quiet(book, channel, now_ns) else rules)

    def _has_place(self, book: Book, channel: str, now_ns: int) -> bool:
        room = self._room(book, channel, now_ns)
        return room > 1 or (room == 1 and not self._is_gathering(book, channel, now_ns))

    def _room(self, book: Book, channel: str, now_ns: int) -> int:
        settings = book.channels[channel]
        since_ns = now_ns - round(settings.per * SECOND_NS)
        # In the order of their way: what goes on from one to the next meanwhile counts twice rather than not at all.
        on_its_way = self._on_its_way(channel, settings.per)
        waiting = self._ledger.noticed(channel, since_ns)
        return settings.limit - on_its_way - waiting - self._given(book, channel, now_ns)

    def _given(self, book: Book, channel: str, now_ns: int) -> int:
        """How many messages in the span of the limit."""
        since_ns = now_ns - round(book.channels[channel].per * SECOND_NS)
        return self._ledger.recent(channel, since_ns) - self._ledger.recent(channel, now_ns + DISAGREEMENT_NS)

    def _on_its_way(self, channel: str, per_s: float) -> int:
        """How many were admitted that the log does not have yet."""
        since_s = self._clock.monotonic_s() - per_s
        admitted = self._admitted.get(channel, {}).items()
        kept = {notice: at_s for notice, at_s in admitted if at_s > since_s and self._ledger.find(notice) is None}
        self._admitted[channel] = kept
        return len(kept)

    def _is_gathering(self, book: Book, channel: str, now_ns: int) -> bool:
        """Whether a summary is to come; what was just gathered is on its way to the log."""
        lately_s = self._clock.monotonic_s() - self._gathered_s.get(channel, float("-inf"))
        return lately_s < ON_ITS_WAY_S or self.gathers(book, channel, now_ns)


def is_old(at_ns: int, now_ns: int) -> bool:
    """Whether what happened then is a backlog now (both UTC ns)."""
    return now_ns - at_ns > BACKLOG_NS


def is_urgent(book: Book, notice: Notice) -> bool:
    """Whether it may disturb in quiet hours: by its rule; and what the notifier tells of itself."""
    rule = book.rule(notice.rule)
    return is_own(notice) or (rule is not None and rule.urgent)


def urgent_rules(book: Book) -> frozenset[str]:
    """Nothing of another rule is urgent."""
    return frozenset((OWN, *(rule.name for rule in book.rules if rule.urgent)))


@lru_cache(maxsize=256)
def _hours(windows: tuple[str, ...], zone: str) -> Hours:
    return hours(list(windows), zone, "quiet")
