"""One channel's work: takes the oldest notice that is due, claims it, sends it, writes what came of it."""

import logging
import threading
from collections import deque
from dataclasses import replace
from functools import partial

from libs.common.errors import PermanentError
from libs.common.log_context import handling
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.channels.channel import LONGEST_S
from services.notifier.delivery import outcomes
from services.notifier.delivery.completing import goes_first
from services.notifier.delivery.door import Door
from services.notifier.delivery.fate import Plan, fate, is_backlog
from services.notifier.delivery.office import Office
from services.notifier.delivery.outcomes import Outcome
from services.notifier.delivery.sender import Sender
from services.notifier.delivery.summaries import Summaries, may_grow
from services.notifier.ledger.standing import FINAL, LEASE_S
from services.notifier.own_kinds import is_summary

log = logging.getLogger(__name__)

SPARE_S = 1.0
LONGEST_CLAIM_S = LEASE_S - LONGEST_S - SPARE_S
"""What took longer to be claimed might be sent by another copy before the channel has come back."""


class Work:
    """Used by one thread; `sending` may be asked by others. `stop`: what is not yet handed over is put back."""

    def __init__(self, door: Door, office: Office, stop: threading.Event) -> None:
        self._name = door.tools.name
        self._door, self._office, self._stop = door, office, stop
        self._sender = Sender(office, door)
        self._summaries = Summaries(self._name, office.ledger, office.limits, office.clock)
        self._owed: deque[Outcome] = deque()
        self._fails = False

    def sending(self) -> tuple[Notice | None, float]:
        """What the channel is at work with, and for how many seconds; None, 0: it is not."""
        notice, since_s = self._sender.in_hand or (None, 0.0)
        return notice, 0.0 if notice is None else self._office.clock.monotonic_s() - since_s

    def turn(self) -> bool:
        """Do the next thing; whether there was one. What was accepted is written before anything else is sent.

        Raises TemporaryError where the log does not take something: nothing is lost, the next turn goes on there.
        """
        self.settle()
        office, book = self._office, self._office.book()
        settings = book.channels.get(self._name)
        if settings is None:
            return False
        self._door.look(settings)
        if not office.ledger.ready:
            return False
        office.failing.look(book, self._name)
        if self._summed_up(book):
            return True
        notice = self._next(book)
        if notice is None:
            return False
        with handling(notice):
            self._take(book, notice)
        return True

    def _summed_up(self, book: Book) -> bool:
        """While the channel fails what waits tries it: a summary that was tried cannot grow.

        In quiet hours what waits may be all that may not disturb.
        """
        office = self._office
        is_quiet = office.limits.quiet(book, self._name, office.clock.now_ns())
        if self._fails and not is_quiet and office.ledger.backlog(self._name).waiting:
            return False
        made = self._summaries.make(book)
        if made:
            office.counts.count(self._name, "summary")
        return made

    def _next(self, book: Book) -> Notice | None:
        office, now_ns = self._office, self._office.clock.now_ns()
        notice = office.ledger.due(self._name, now_ns, office.limits.quiet(book, self._name, now_ns))
        if notice is None:
            return None
        first = goes_first(office.ledger, notice)
        is_free = first is notice or (first.state == "waiting" and first.due_at <= now_ns)
        return first if is_free and not self._is_too_much(book, first, now_ns) else None

    def _is_too_much(self, book: Book, notice: Notice, now_ns: int) -> bool:
        """Admitted long ago, or by two copies at once: it waits until there is room. What is not sent needs none."""
        ledger, limits = self._office.ledger, self._office.limits
        if notice.updates or not limits.is_spent(book, self._name, now_ns):
            return False
        return fate(ledger, limits, book, notice, now_ns) is None

    def _take(self, book: Book, notice: Notice) -> None:
        office = self._office
        if is_summary(notice) and may_grow(notice):
            self._gather_what_is_behind(book)
            notice = self._summaries.extended(book, notice)
        plan = fate(office.ledger, office.limits, book, notice, office.clock.now_ns())
        plan = plan or self._sender.plan(book, notice)
        began_s = office.clock.monotonic_s()
        claimed = self._claim(book, notice)
        if claimed is None:
            return
        if office.clock.monotonic_s() - began_s > LONGEST_CLAIM_S or self._stop.is_set():
            plan = outcomes.put_back
        self._finish(book, claimed, plan)

    def _claim(self, book: Book, notice: Notice) -> Notice | None:
        """None: another copy was first, or the log will never take that, so that the notice is refused, or split."""
        try:
            return self._office.ledger.claim(notice)
        except PermanentError as error:
            if not self._split(book, notice):
                self._finish(book, notice, partial(outcomes.refused, error=error))
            return None

    def _split(self, book: Book, summary: Notice) -> bool:
        """Whether it has several members: the log has it in parts then, each to be claimed when it is its turn."""
        half = self._summaries.halved(summary)
        if half is None:
            return False
        if (claimed := self._claim(book, half)) is not None:
            self._finish(book, claimed, outcomes.put_back)
        return True

    def _gather_what_is_behind(self, book: Book) -> None:
        """What became too old behind a summary that did not get through belongs into it."""
        now_ns = self._office.clock.now_ns()
        for notice in self._office.ledger.waiting(self._name):
            if self._stop.is_set():
                return
            if notice.state == "waiting" and is_backlog(notice, now_ns):
                claimed = self._claim(book, notice)
                if claimed is not None:
                    self._finish(book, claimed, outcomes.gathered)

    def _finish(self, book: Book, claimed: Notice, plan: Plan) -> None:
        cause = self._office.failing.cause(self._name)
        outcome = plan(claimed)
        self._owed.append(outcome)
        try:
            self.settle()
        finally:
            self._note(book, outcome, cause)

    def _note(self, book: Book, outcome: Outcome, cause: str) -> None:
        """A message that cannot be completed says little about the channel: the next new one will."""
        failing, notice = self._office.failing, outcome.notice
        self._office.counts.count(self._name, outcome.counted)
        if outcome.counted in ("sent", "edited", "failed", "refused"):
            self._fails = outcome.counted == "failed"
        if outcome.counted in ("sent", "edited"):
            failing.succeeded(book, notice, cause)
        elif outcome.counted == "failed":
            failing.failed(notice, "TemporaryError", notice.error or "", for_good=False)
        elif outcome.counted == "refused" and not notice.updates:
            failing.failed(notice, "PermanentError", notice.error or "", for_good=True)

    def settle(self) -> None:
        """Write what came of things, dead letters first: what is buried twice is less bad than what is lost."""
        while self._owed:
            owed = self._owed[0]
            if owed.buried is not None:
                self._bury(owed.notice, owed.buried)
                self._owed[0] = owed = replace(owed, buried=None)
            try:
                self._office.ledger.write(owed.notice)
            except PermanentError as error:
                self._shorten(owed, error)
            else:
                self._owed.popleft()

    def _shorten(self, owed: Outcome, error: PermanentError) -> None:
        """What the log will never take must not keep the channel from what is behind it, nor be sent again."""
        is_over = owed.notice.state in FINAL
        half = None if is_over else self._summaries.halved(owed.notice)
        shorter = outcomes.outlined(owed, error) if half is None else replace(owed, notice=half)
        if shorter == owed:
            raise error
        if half is None and not is_over:
            self._bury(owed.notice, error)
        self._owed[0] = shorter

    def _bury(self, notice: Notice, error: PermanentError) -> None:
        """One that is too long for the dead letters keeps nobody from what is behind it."""
        try:
            self._office.ledger.bury(notice, error)
        except PermanentError as refusal:
            log.error("channel %s: notice %s has no dead letter: %s", self._name, notice.id, refusal)
