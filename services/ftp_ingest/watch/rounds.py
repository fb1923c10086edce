"""Which folders are looked through, and when."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from services.ftp_ingest.watch.pending import Pending
from services.ftp_ingest.watch.roots import Roots
from services.ftp_ingest.watch.scan import Places, Scan

PART = 4
"""Looking through everything takes at most one of so many parts of the time."""
MOST_SCANS = 20


class Rounds:
    """One scan after the other, in small steps."""

    def __init__(
        self,
        places: Places,
        pending: Pending,
        roots: Roots,
        now_s: Callable[[], float],
        follow: Callable[[str], None],
        before_ns: int | None,
    ) -> None:
        """`before_ns`: what comes with a watched folder, not changed since then (UTC), is no news; None: it is."""
        self._places, self._pending, self._roots, self._now_s = places, pending, roots, now_s
        self._follow, self._before_ns = follow, before_ns
        self._scans: deque[Scan] = deque()
        self._steps: Iterator[None] | None = None
        self._began_s = 0.0
        self._ended_s, self._took_s = now_s(), 0.0
        self._again = False

    def look_at_roots(self) -> bool:
        """Whether some have come, for the first time or again: with files that were there before, perhaps."""
        came = self._roots.look()
        if came:
            self._scans.append(self._scan(came, self._before_ns))
        return bool(came)

    def add(self, folders: list[str]) -> None:
        """New ones. Many at once are as much work as all."""
        if len(self._scans) >= MOST_SCANS:
            self.all_again()
        elif folders:
            self._scans.append(self._scan(folders))

    def all_again(self) -> None:
        self._again = True

    def due(self, every_s: float) -> None:
        """Begin with everything again, if it is time."""
        at_s = self._ended_s + max(every_s, PART * self._took_s)
        if self._scans or not (self._again or self._pending.wants_more() or self._now_s() >= at_s):
            return
        self._again = False
        self._scans.append(self._scan(self._roots.there(), whole=True))

    def is_busy_with_missed(self) -> bool:
        """New files that were heard of now would get in before older ones."""
        return bool(self._scans and self._scans[0].whole and self._pending.missed)

    def step(self) -> bool:
        """False: there is nothing to look through."""
        if not self._scans:
            return False
        if self._steps is None:
            self._steps, self._began_s = self._scans[0].steps(), self._now_s()
        if next(self._steps, self) is self:
            self._end(self._scans.popleft())
        return True

    def is_over(self) -> bool:
        """Nothing is being looked through."""
        return not self._scans

    def begin_anew(self) -> None:
        """After an error in the middle of it."""
        self._scans.clear()
        self._steps = None
        self.all_again()

    def _scan(self, starts: Sequence[str], before_ns: int | None = None, whole: bool = False) -> Scan:
        return Scan(self._places, tuple(starts), self._follow, whole, before_ns)

    def _end(self, scan: Scan) -> None:
        self._steps = None
        now_s = self._now_s()
        if scan.whole:
            self._pending.missed.clear()
            self._ended_s, self._took_s = now_s, now_s - self._began_s
        self._pending.missed |= scan.more
        for file in scan.files():
            known = self._pending.get(file.path)
            if known is None or known.look != file.look:
                self._pending.until_still(file, now_s)
