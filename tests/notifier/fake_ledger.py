"""A ledger in memory: one log, any number of copies, the real one's rules about what counts, scripted faults."""

import threading
from collections.abc import Callable

from libs.common.errors import TemporaryError
from libs.common.messages import Notice, replace
from libs.common.testing import FakeClock
from services.notifier.ledger.standing import LEASE_S, Standing, counts

OPEN = ("waiting", "claimed")


class FakeLog:
    """What all copies share. `fail`: what the next writes meet: "refused", "lost" (it is there, nobody says so), ""."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.fail: list[str] = []
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

    def due(self, channel: str, now_ns: int) -> Notice | None:
        waiting = self.waiting(channel)
        if not waiting or waiting[0].due_at > now_ns:
            return None
        return waiting[0] if waiting[0].state == "waiting" or self._is_free(waiting[0]) else None

    def waiting(self, channel: str) -> list[Notice]:
        return self.log.all(channel, *OPEN)

    def gathered(self, channel: str) -> list[Notice]:
        gathered = self.log.all(channel, "gathered")
        told = {member for notice in list(self.log.notices.values()) for member in notice.members}
        return [notice for notice in gathered if notice.id not in told]

    def recent(self, channel: str, since_ns: int) -> int:
        return sum((each.sent_at or 0) >= since_ns and not each.updates for each in self.log.all(channel, "sent"))

    def accepted(self, channel: str) -> Notice | None:
        return max(self.log.all(channel, "sent"), key=lambda notice: notice.sent_at or 0, default=None)

    def last(self, rule: str, camera: str, label: str) -> Notice | None:
        found = [n for n in self.log.notices.values() if (n.rule, n.camera, n.label) == (rule, camera, label)]
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
