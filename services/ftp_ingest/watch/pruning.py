"""Files that were deleted are forgotten in the end, but not those of a share that is not mounted for a while."""

import os
from collections.abc import Iterator

from libs.common.clock import Clock
from services.ftp_ingest.watch.ledger import LEFT, PUBLISHED, Ledger

AT_ONCE = 200
FORGOTTEN_NS = 7 * 86_400 * 10**9

Rows = list[tuple[str, int | None]]


class Pruning:
    """A file is forgotten that was gone for long, and at two looks of this process at least."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._has_looked = False

    def steps(self) -> Iterator[None]:
        """Goes once through all that is known, a few files at each step."""
        for part in (PUBLISHED, LEFT):
            path = ""
            while rows := self._ledger.after(part, path, AT_ONCE):
                self._settle(part, rows)
                path = rows[-1][0]
                yield
        self._has_looked = True

    def _settle(self, part: str, rows: Rows) -> None:
        now_ns, ledger = self._clock.now_ns(), self._ledger
        there = {path for path, _ in rows if os.path.lexists(path)}
        ledger.mark_gone(part, [path for path, gone_at in rows if path in there and gone_at is not None], None)
        ledger.mark_gone(part, [path for path, gone_at in rows if path not in there and gone_at is None], now_ns)
        if self._has_looked:
            ledger.forget(part, [path for path, gone_at in rows if path not in there and _is_old(gone_at, now_ns)])


def _is_old(gone_at: int | None, now_ns: int) -> bool:
    return gone_at is not None and now_ns - gone_at > FORGOTTEN_NS
