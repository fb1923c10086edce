"""When a notice may be tried again, also where a wall clock was set meanwhile."""

from dataclasses import dataclass, field

from libs.common.clock import Clock
from libs.common.messages import Notice
from services.notifier.ledger.log_time import LogTime
from services.notifier.ledger.queues import Entry
from services.notifier.ledger.standing import WAITING

LONGEST_DELAY_S = 24 * 3600.0
"""No attempt is farther than that from the one before it."""
MOST = 1000


@dataclass
class Retries:
    """Those that this process asked for are counted by the clock that nobody sets; for one caller at a time."""

    clock: Clock
    log_time: LogTime
    _ours: dict[str, tuple[int, float]] = field(default_factory=dict)

    def note(self, notice: Notice) -> None:
        """It is about to be written."""
        self._ours.pop(notice.id, None)
        wait_s = (notice.due_at - self.clock.now_ns()) / 1e9
        if notice.state != WAITING or wait_s <= 0:
            return
        self._ours[notice.id] = notice.due_at, self.clock.monotonic_s() + wait_s
        if len(self._ours) > MOST:
            del self._ours[next(iter(self._ours))]

    def is_early(self, entry: Entry, now_ns: int) -> bool:
        """Whether it is to be left alone, now that it is `now_ns` by the wall clock (UTC)."""
        due_at, until_s = self._ours.get(entry.id, (0, 0.0))
        if due_at and due_at == entry.due_at:
            return self.clock.monotonic_s() < until_s
        # A clock that was ahead wrote that: by the log's own time it is over.
        is_over = self.log_time.since_s(entry.standing.at_ms, 0) >= LONGEST_DELAY_S
        return entry.due_at > now_ns and not is_over
