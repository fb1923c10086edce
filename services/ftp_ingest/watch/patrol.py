"""What the thread of the watched folders does, turn by turn: listens, looks through folders, takes one file."""

import threading
from collections.abc import Iterator

from libs.common.clock import Clock
from services.ftp_ingest.watch.afterwards import Afterwards
from services.ftp_ingest.watch.files import files_begin_ns
from services.ftp_ingest.watch.hearing import Hearing
from services.ftp_ingest.watch.ledger import Ledger
from services.ftp_ingest.watch.pending import Pending
from services.ftp_ingest.watch.plan import Plan
from services.ftp_ingest.watch.pruning import Pruning
from services.ftp_ingest.watch.roots import Roots
from services.ftp_ingest.watch.rounds import Rounds
from services.ftp_ingest.watch.scan import Places
from services.ftp_ingest.watch.taking import Taking

ROOTS_EVERY_S = 1.0
ALL_EVERY_S = 300.0
"""If the kernel has told everything, that finds nothing."""
UNTOLD_EVERY_S = 10.0
"""Where the kernel does not tell of all folders."""
PRUNE_EVERY_S = 3600.0


class Patrol:
    """All of it in one thread; `news` wakes it. `begun` is set once what was there at first was looked through."""

    def __init__(
        self,
        plan: Plan,
        places: Places,
        pending: Pending,
        taking: Taking,
        afterwards: Afterwards,
        ledger: Ledger,
        clock: Clock,
        news: threading.Event,
    ) -> None:
        self.begun = threading.Event()
        self._poll_s = plan.poll_s
        self._pending, self._taking, self._afterwards = pending, taking, afterwards
        self._clock, self._news = clock, news
        self._hearing = Hearing(places, pending, clock.monotonic_s, news)
        roots = Roots(places.folders, places.tally, self._hearing.forget)
        before_ns = None if plan.existing else files_begin_ns()
        self._rounds = Rounds(places, pending, roots, clock.monotonic_s, self._hearing.follow, before_ns)
        self._next_roots_s, self._next_prune_s = 0.0, clock.monotonic_s() + PRUNE_EVERY_S
        self._pruning = Pruning(ledger, clock)
        self._steps: Iterator[None] = iter(())

    def begin(self) -> None:
        if self._poll_s is None:
            self._hearing.start()

    def end(self) -> None:
        self._hearing.stop()

    def recover(self) -> None:
        """After an error in the middle of something."""
        self._rounds.begin_anew()

    def turn(self) -> None:
        """Takes one file at most; waits for news where there is nothing to do."""
        self._news.clear()
        self._look_around()
        looking = self._rounds.step()
        if self._rounds.is_over():
            self.begun.set()
        taking_away = self._afterwards.step()
        if file := self._pending.next(self._clock.monotonic_s()):
            self._taking.take(file)
        elif not looking and not taking_away and not self._pruned():
            until_s = min(self._pending.due_s(), self._next_roots_s)
            self._news.wait(max(0.0, until_s - self._clock.monotonic_s()))

    def _look_around(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s >= self._next_roots_s:
            self._next_roots_s = now_s + ROOTS_EVERY_S
            if self._rounds.look_at_roots():
                self._afterwards.again()
        if not self._rounds.is_busy_with_missed():
            folders, lost = self._hearing.hear()
            self._rounds.add(folders)
            if lost:
                self._rounds.all_again()
        self._rounds.due(self._every_s())

    def _every_s(self) -> float:
        if self._poll_s is not None:
            return self._poll_s
        return ALL_EVERY_S if self._hearing.hears_all else UNTOLD_EVERY_S

    def _pruned(self) -> bool:
        """Whether there was something to do."""
        if next(self._steps, self) is not self:
            return True
        if self._clock.monotonic_s() >= self._next_prune_s:
            self._next_prune_s = self._clock.monotonic_s() + PRUNE_EVERY_S
            self._steps = self._pruning.steps()
        return False
