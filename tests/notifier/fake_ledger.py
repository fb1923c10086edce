"""A ledger in memory: one log, any number of copies, the real one's rules about what counts, scripted faults."""

import threading
from collections.abc import Callable, Collection

from libs.common import codec
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Notice, replace
from libs.common.testing import FakeClock
from services.notifier.ledger.backlog import Backlog
from services.notifier.ledger.standing import LEASE_S, Standing, counts
from services.notifier.own_kinds import SUMMARY

OPEN = ("waiting", "claimed")


class FakeLog:
    """What all copies share. `fail`: what the next writes meet: "refused", "lost" (it is there, nobody says so), "".

    What is longer than `longest_bytes` is never taken.
    """

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.fail: list[str] = []
        self.longest_bytes = 1 << 20
        self.written: list[Notice] = []
        self.dead: list[tuple[Notice, str]] = []
        self.notices: dict[str, Notice] = {}
        self.on_append: Callable[[], None] = lambda: None
        self._standing: dict[str, Standing] = {}
        self._lock = threading.RLock()

    def append(self, notice: Notice) -> None:
        """Raises TemporaryError as scripted."""
        fault = self.fail.pop(0) if self.fail else ""
        if fault == "refused":
            raise TemporaryError("the log does not answer")
        if len(codec.encode(notice)) > self.longest_bytes:
            raise PermanentError("notices refused the size", "too-large")
        with self._lock:
            self.written.append(notice)
            standing = Standing.of(notice, self.clock.now_ns() // 1_000_000)
            if counts(self._standing.get(notice.id), standing):
                self._standing[notice.id], self.notices[notice.id] = standing, notice
        self.on_append()
        if fault == "lost":
            raise TemporaryError("no answer in time")

    def standing(self, notice_id: str) -> Standing:
        return self._standing[notice_id]

    def all(self, channel: str, *states: str) -> list[Notice]:
        """The newest state of each, oldest happening first, what completes another behind it; of these states alone."""
        with self._lock:
            found = [notice for notice in self.notices.values() if notice.channel == channel]
        found = [notice for notice in found if not states or notice.state in states]
        return sorted(found, key=lambda each: (each.at, each.updates is not None, each.noticed_at, each.id))


class FakeLedger:
    """One copy's view of the log; `life` is new at each start."""

    def __init__(self, log: FakeLog, instance: str = "one", life: str = "00000001") -> None:
        self.log, self.instance, self.life = log, instance, life
        self.ready = True

    def find(self, notice_id: str) -> Notice | None:
        return self.log.notices.get(notice_id)

    def due(self, channel: str, now_ns: int, quiet: bool = False) -> Notice | None:
        waiting = [each for each in self.waiting(channel) if not (quiet and each.members and each.rule == SUMMARY)]
        if not waiting or waiting[0].due_at > now_ns:
            return None
        return waiting[0] if waiting[0].state == "waiting" or self._is_free(waiting[0]) else None

    def backlog(self, channel: str) -> Backlog:
        waiting, gathered = self.waiting(channel), self.gathered(channel)
        return Backlog(
            waiting=len(waiting),
            summaries=frozenset(notice.rule for notice in waiting if notice.members),
            oldest_ns=min((notice.noticed_at for notice in waiting), default=None),
            gathered=len(gathered),
            gathered_ns=min((notice.noticed_at for notice in gathered), default=None),
            rules=frozenset(notice.rule for notice in gathered),
        )

    def noticed(self, channel: str, since_ns: int) -> int:
        return sum(notice.noticed_at >= since_ns and not notice.updates for notice in self.waiting(channel))

    def waiting(self, channel: str) -> list[Notice]:
        return self.log.all(channel, *OPEN)

    def gathered(self, channel: str, rules: Collection[str] | None = None) -> list[Notice]:
        gathered = self.log.all(channel, "gathered")
        told = {member for notice in list(self.log.notices.values()) for member in notice.members}
        return [each for each in gathered if each.id not in told and (rules is None or each.rule in rules)]

    def recent(self, channel: str, since_ns: int) -> int:
        return sum((each.sent_at or 0) >= since_ns and not each.updates for each in self.log.all(channel, "sent"))

    def accepted(self, channel: str) -> Notice | None:
        newest_first = reversed(self.log.written)
        return next((each for each in newest_first if each.channel == channel and each.state == "sent"), None)

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        asked = (rule, camera, label, kind)
        found = [n for n in self.log.notices.values() if (n.rule, n.camera, n.label or "", n.kind) == asked]
        return max(found, key=lambda notice: notice.at, default=None)

    def told(self, camera: str, from_ns: int, until_ns: int) -> list[Notice]:
        found = [notice for notice in self.log.notices.values() if notice.camera == camera and not notice.updates]
        return [n for n in found if n.state in (*OPEN, "sent") and from_ns <= n.at <= until_ns and not n.members]

    def sign(self, notice: Notice) -> Notice:
        return replace(notice, by=self.instance, life=self.life)

    def write(self, notice: Notice) -> None:
        self.log.append(self.sign(notice))

    def claim(self, notice: Notice) -> Notice | None:
        claimed = replace(self.sign(notice), state="claimed")
        self.log.append(claimed)
        now = self.log.standing(notice.id)
        is_ours = now.state == "claimed" and (now.by, now.life) == (self.instance, self.life)
        return claimed if is_ours else None

    def bury(self, notice: Notice, error: Exception) -> None:
        self.log.dead.append((notice, str(error)))

    def _is_free(self, claimed: Notice) -> bool:
        standing = self.log.standing(claimed.id)
        is_outlived = self.log.clock.now_ns() // 1_000_000 - standing.at_ms >= LEASE_S * 1000
        return is_outlived or standing.is_of_the_dead(self.instance, self.life)
