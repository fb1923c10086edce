"""The ledger on the topic of notices: followed whole by every copy, written by all of them."""

import logging
import threading
import time
from collections.abc import Callable, Collection

from libs.common import codec
from libs.common.bus import Reader, Record, Writer
from libs.common.clock import Clock
from libs.common.errors import FramebusError, TemporaryError
from libs.common.messages import Notice, replace
from libs.common.steady import Steady
from services.notifier.ledger.backlog import Backlog
from services.notifier.ledger.echoes import Echo, Echoes
from services.notifier.ledger.follow import Follow
from services.notifier.ledger.index import Index
from services.notifier.ledger.lives import heir
from services.notifier.ledger.log_time import LogTime
from services.notifier.ledger.outbox import Outbox
from services.notifier.ledger.queues import Entry
from services.notifier.ledger.reading import bare, read
from services.notifier.ledger.retries import Retries
from services.notifier.ledger.standing import CLAIMED, LEASE_S, WAITING
from services.notifier.ledger.truths import Truths
from services.notifier.own_kinds import is_summary

log = logging.getLogger(__name__)

WITHIN_S = 10.0
LEFT_TO_WRITER_S = 3.0
"""Whoever wrote a notice a moment ago will claim it: two that try at once write twice."""
LOST_S = 1.0


class KafkaLedger:
    """A Ledger. `fixed_instance`: the name was given by the operator, so that who has it is the only one, or the next.

    A claim must come back within a sixth of the lease, and the rest is for sending. `life`: as ledger.lives makes it.
    `group`: named in dead letters.
    """

    def __init__(
        self,
        connect: Callable[[], Reader],
        writer: Writer,
        topic: str,
        instance: str,
        fixed_instance: bool,
        life: str,
        clock: Clock,
        lease_s: float = LEASE_S,
        within_s: float = WITHIN_S,
        group: str = "",
    ) -> None:
        self._connect, self._clock = connect, clock
        self._by, self._life = instance if fixed_instance else f"{instance}.{life}", life
        self._lease_s, self._within_s = lease_s, within_s
        self._outbox = Outbox(writer, topic, group)
        self._changed = threading.Condition()
        self._echoes = Echoes(self._changed)
        self._log_time = LogTime(clock)
        self._retries = Retries(clock, self._log_time)
        self._truths = Truths(clock)
        self.heard: Callable[[], None] = lambda: None
        """Called when the log may have something new."""
        self._twin: str | None = None
        self._held: dict[str, float] = {}
        self._lost: dict[str, float] = {}
        self._follow = Follow(lambda: Index(lease_s), self._take, self._begin, self._settle, self._changed)
        self._steady = Steady("ledger", self._reader, self._follow.read, self._follow.say)

    def start(self) -> None:
        """Begin to read; `ready` says when all was read."""
        self._steady.start()

    def close(self) -> None:
        """Never raises."""
        self._steady.close()

    @property
    def ready(self) -> bool:
        return self._follow.ready

    def find(self, notice_id: str) -> Notice | None:
        with self._changed:
            entry, standing = self._index.entry(notice_id), self._index.standing(notice_id)
        if entry is not None:
            return entry.notice
        return bare(notice_id, standing.state) if standing is not None else None

    def due(self, channel: str, now_ns: int, quiet: bool = False) -> Notice | None:
        with self._changed:
            entry = self._index.waiting(channel).first(quiet) if self.ready else None
            return entry.notice if entry is not None and self._may_try(entry, now_ns) else None

    def backlog(self, channel: str) -> Backlog:
        with self._changed:
            return self._index.backlog(channel)

    def noticed(self, channel: str, since_ns: int) -> int:
        with self._changed:
            return self._index.waiting(channel).noticed_since(since_ns)

    def waiting(self, channel: str) -> list[Notice]:
        with self._changed:
            found = self._index.waiting(channel).oldest()
        return [entry.notice for entry in found]

    def gathered(self, channel: str, rules: Collection[str] | None = None) -> list[Notice]:
        with self._changed:
            found = self._index.gathered(channel).oldest(rules)
        return [entry.notice for entry in found]

    def recent(self, channel: str, since_ns: int) -> int:
        with self._changed:
            return self._index.given.since(channel, since_ns)

    def accepted(self, channel: str) -> Notice | None:
        with self._changed:
            return self._index.accepted.get(channel)

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        with self._changed:
            return self._index.told.get(rule, camera, label, kind)

    def told(self, camera: str, from_ns: int, until_ns: int) -> list[Notice]:
        with self._changed:
            found = sorted(self._index.of_camera(camera, from_ns, until_ns), key=lambda entry: entry.order)
        return [notice for entry in found if not is_summary(notice := entry.notice)]

    def sign(self, notice: Notice) -> Notice:
        """As written by us: other copies leave it to us for a moment."""
        return replace(notice, by=self._by, life=self._life)

    def write(self, notice: Notice) -> None:
        with self._changed:
            self._retries.note(notice)
        self._write(self.sign(notice), self._within_s)

    def claim(self, notice: Notice) -> Notice | None:
        within_s = min(self._within_s, self._lease_s / 6)
        self._outbox.wait_for(notice.id, within_s)
        # The time makes it another record than an earlier claim of ours.
        claimed = replace(self.sign(notice), state=CLAIMED, due_at=self._clock.now_ns())
        began_s = time.monotonic()
        echo = self._write(claimed, within_s)
        if not echo.came or time.monotonic() - began_s > within_s:
            raise TemporaryError(f"a claim did not come back from the log within {within_s:g} s")
        now_s = self._clock.monotonic_s()
        with self._changed:
            if echo.counts:
                self._held = {each: until_s for each, until_s in self._held.items() if until_s > now_s}
                self._held[notice.id] = now_s + self._lease_s
                return claimed
            self._lost[notice.channel] = now_s + LOST_S
        return None

    def bury(self, notice: Notice, error: Exception) -> None:
        with self._changed:
            entry = self._index.entry(notice.id)
        self._outbox.bury(notice, entry, error, self._within_s)

    @property
    def _index(self) -> Index:
        return self._follow.index

    def _reader(self) -> Reader:
        """Of a topic that is there: made first where we may. Raises FramebusError."""
        self._outbox.place(None)
        return self._connect()

    def _write(self, notice: Notice, within_s: float) -> Echo:
        """Into the log, and back from there where that does not take too long. Raises as Ledger.write."""
        value, until_s = codec.encode(notice), time.monotonic() + within_s
        with self._echoes.of(value) as echo:
            self._outbox.send(notice, value, within_s)
            self._echoes.wait(echo, until_s - time.monotonic())
        return echo

    def _may_try(self, entry: Entry, now_ns: int) -> bool:
        standing, now_s = entry.standing, self._clock.monotonic_s()
        if self._held.get(entry.id, now_s) > now_s or self._lost.get(entry.channel, now_s) > now_s:
            return False
        if standing.state == WAITING and self._retries.is_early(entry, now_ns):
            return False
        is_ours = not standing.is_anothers(self._by, self._life) or standing.is_of_the_dead(self._by, self._life)
        if is_ours or standing.by is None:
            return True
        patience_s = LEFT_TO_WRITER_S if standing.state == WAITING else self._lease_s
        return self._log_time.since_s(standing.at_ms, now_ns) >= patience_s

    def _take(self, index: Index, record: Record) -> None:
        """On the follower's thread, with the lock."""
        self._log_time.note(record.timestamp_ms)
        if record.value is None:
            index.forget((record.key or b"").decode(errors="replace"))
        if (notice := read(record)) is None:
            return
        is_meant = index.take(record, notice, is_news=index is self._index)
        if is_meant and notice.state != CLAIMED:
            self._held.pop(notice.id, None)
        self._echoes.hear(record.value or b"", is_meant)
        if index is self._index and notice.state == CLAIMED:
            self._meet(notice)

    def _begin(self, index: Index) -> None:
        """On the follower's thread, with the lock: what stands under our name is of those who were before us."""
        if until_ms := index.claimed_ms(self._by):
            self._life = heir(self._life, until_ms)

    def _meet(self, claimed: Notice) -> None:
        """Somebody is at work now: said once of each who should not be there."""
        if claimed.by == self._by and claimed.life not in (self._life, self._twin):
            self._twin = claimed.life
            log.warning("another process is at work as --instance %s: give each its own name", self._by)

    def _settle(self, is_news: bool) -> None:
        """On the follower's thread, without the lock."""
        if is_news:
            self.heard()
        with self._changed:
            truths = self._truths.of(self._index)
        for notice, value in truths:
            try:
                self._outbox.post(notice, value)
            except FramebusError as error:
                log.debug("%s is not written anew: %s", notice.id, error)
