"""What the topic of notices says, in memory: all of what is not finished, little of what is."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from libs.common.bus import Record
from libs.common.messages import Notice
from services.notifier.ledger.accepted import Accepted
from services.notifier.ledger.backlog import Backlog
from services.notifier.ledger.finished import Given, Ids, Told
from services.notifier.ledger.queues import Entry, Queue
from services.notifier.ledger.standing import CLAIMED, FINAL, GATHERED, LEASE_S, SENT, WAITING, Standing, counts

log = logging.getLogger(__name__)

MOST_BYTES = 64 << 20
"""Of what is not finished. Above it the oldest gathered ones, then the oldest waiting ones, are told by nobody until
the next start: they stay in the log.
"""
LATELY_BYTES = 8 << 20
"""Of finished ones that are kept whole, for what completes them, and for the summary that tells them."""


@dataclass
class Index:
    """One thread changes it; who asks from another holds the same lock."""

    lease_s: float = LEASE_S
    void: dict[str, Notice] = field(default_factory=dict)
    """By id: the newest record, where it means nothing. A broker that compacts would keep it, and not what counts."""
    told: Told = field(default_factory=Told)
    given: Given = field(default_factory=Given)
    accepted: Accepted = field(default_factory=Accepted)
    """Updates too."""
    _entries: dict[str, Entry] = field(default_factory=dict)
    _lately: dict[str, Entry] = field(default_factory=dict)
    _ids: Ids = field(default_factory=Ids)
    _waiting: defaultdict[str, Queue] = field(default_factory=lambda: defaultdict(Queue))
    _gathered: defaultdict[str, Queue] = field(default_factory=lambda: defaultdict(Queue))
    _used_bytes: int = 0
    _lately_bytes: int = 0
    _is_full: bool = False

    def take(self, record: Record, notice: Notice, is_news: bool = False) -> bool:
        """A record of the log, in its order; whether it means anything. `is_news`: it was written just now."""
        entry, before = Entry.of(record, notice), self.standing(notice.id)
        if not counts(before, entry.standing, self.lease_s):
            self._leave_out(before, notice)
            return False
        self.void.pop(notice.id, None)
        self._drop(notice.id)
        is_told = before is not None and before.state == GATHERED and self._ids.state(notice.id) is not None
        self._keep(entry, is_told)
        self.told.put(notice)
        if notice.state == SENT and (before is None or before.state != SENT):
            self._given(record, notice, is_news)
        for member in notice.members:
            self._tell(member)
        return True

    def forget(self, notice_id: str) -> None:
        """It was taken back."""
        self._drop(notice_id)
        self._ids.remove(notice_id)
        self.void.pop(notice_id, None)

    def standing(self, notice_id: str) -> Standing | None:
        if (entry := self.entry(notice_id)) is not None:
            return entry.standing
        state = self._ids.state(notice_id)
        return Standing(state) if state is not None else None

    def entry(self, notice_id: str) -> Entry | None:
        """None also of what was finished long ago."""
        return self._entries.get(notice_id) or self._lately.get(notice_id)

    def claimed_ms(self, by: str) -> int:
        """The log's time of the newest claim of this name that stands; 0: there is none."""
        standings = (entry.standing for entry in self._entries.values())
        return max((each.at_ms for each in standings if (each.state, each.by) == (CLAIMED, by)), default=0)

    def waiting(self, channel: str) -> Queue:
        return self._waiting.get(channel, _NONE)

    def gathered(self, channel: str) -> Queue:
        return self._gathered.get(channel, _NONE)

    def backlog(self, channel: str) -> Backlog:
        waiting, gathered = self.waiting(channel), self.gathered(channel)
        return Backlog(
            waiting=len(waiting),
            summaries=frozenset(waiting.summaries),
            oldest_ns=waiting.noticed_first(),
            gathered=len(gathered),
            gathered_ns=gathered.noticed_first(),
            rules=frozenset(gathered.rules),
        )

    def of_camera(self, camera: str, from_ns: int, until_ns: int) -> Iterator[Entry]:
        """What is told, or may be, and completes nothing; of a span of time."""
        for entry in chain(self._entries.values(), self._lately.values()):
            is_open = entry.standing.state in (WAITING, CLAIMED, SENT) and not entry.order.completes
            if entry.camera == camera and is_open and from_ns <= entry.order.at <= until_ns:
                yield entry

    def _leave_out(self, before: Standing | None, notice: Notice) -> None:
        """Who reads nothing but the same end once more comes to that end: there is nothing to be put right."""
        if before is not None and before.state in FINAL and before.state == notice.state:
            self.void.pop(notice.id, None)
        else:
            self.void[notice.id] = notice

    def _keep(self, entry: Entry, is_told: bool) -> None:
        if entry.standing.state in FINAL:
            self._finish(entry)
        elif is_told:
            self._ids.put(entry.id, GATHERED)
            self._keep_lately(entry)
        else:
            self._entries[entry.id] = entry
            self._queue_of(entry).put(entry)
            self._used_bytes += entry.size_bytes
            self._ids.remove(entry.id)
            self._shed()

    def _finish(self, entry: Entry) -> None:
        self._ids.put(entry.id, entry.standing.state)
        self._keep_lately(entry)

    def _keep_lately(self, entry: Entry) -> None:
        self._lately[entry.id] = entry
        self._lately_bytes += entry.size_bytes
        while self._lately_bytes > LATELY_BYTES:
            self._drop(next(iter(self._lately)))

    def _given(self, record: Record, notice: Notice, is_news: bool) -> None:
        self.accepted.put(notice, record.timestamp_ms, is_news)
        if notice.updates is None:
            self.given.put(notice.channel, notice.sent_at or record.timestamp_ms * 1_000_000)

    def _tell(self, notice_id: str) -> None:
        """A summary lists it; its own record may come later, from another partition. It is kept for that summary."""
        entry, standing = self.entry(notice_id), self.standing(notice_id)
        if standing is not None and standing.state in FINAL:
            return
        self._drop(notice_id)
        self._ids.put(notice_id, GATHERED)
        if entry is not None and entry.standing.state == GATHERED:
            self._keep_lately(entry)

    def _drop(self, notice_id: str) -> None:
        if (entry := self._entries.pop(notice_id, None)) is not None:
            self._queue_of(entry).remove(entry)
            self._used_bytes -= entry.size_bytes
        if (entry := self._lately.pop(notice_id, None)) is not None:
            self._lately_bytes -= entry.size_bytes

    def _queue_of(self, entry: Entry) -> Queue:
        return (self._gathered if entry.standing.state == GATHERED else self._waiting)[entry.channel]

    def _shed(self) -> None:
        while self._used_bytes > MOST_BYTES and (entry := _oldest(self._gathered) or _oldest(self._waiting)):
            if not self._is_full:
                log.error("more than %d MiB are waiting to be told: the oldest is left out", MOST_BYTES >> 20)
            self._is_full = True
            self._drop(entry.id)
            self._ids.put(entry.id, entry.standing.state)


def _oldest(queues: defaultdict[str, Queue]) -> Entry | None:
    firsts = [entry for queue in queues.values() if (entry := queue.first()) is not None]
    return min(firsts, key=lambda entry: entry.order, default=None)


_NONE = Queue()
