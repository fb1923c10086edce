"""Files that were deleted are forgotten in the end, but not those of a share that is not mounted for a while."""

import os
from collections.abc import Iterator

from libs.common.clock import Clock
from services.ftp_ingest.watch.ledger import LEFT, PUBLISHED, Ledger

AT_ONCE = 200
FORGOTTEN_NS = 7 * 86_400 * 10**9


def prune(ledger: Ledger, clock: Clock) -> Iterator[None]:
    """Goes once through all that is known, a few files at each step."""
    for part in (PUBLISHED, LEFT):
        path = ""
        while rows := ledger.after(part, path, AT_ONCE):
            _settle(ledger, part, rows, clock.now_ns())
            path = rows[-1][0]
            yield


def _settle(ledger: Ledger, part: str, rows: list[tuple[str, int | None]], now_ns: int) -> None:
    there = {path for path, _ in rows if os.path.lexists(path)}
    ledger.mark_gone(part, [path for path, gone_at in rows if path in there and gone_at is not None], None)
    ledger.mark_gone(part, [path for path, gone_at in rows if path not in there and gone_at is None], now_ns)
    old = [path for path, gone_at in rows if path not in there and gone_at and now_ns - gone_at > FORGOTTEN_NS]
    ledger.forget(part, old)
