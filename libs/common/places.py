"""The partitions that this process reads: opened, paused, given up, committed."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from libs.common.bus import OVERTAKEN, Batch, Commit, Place, Reader, Record
from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Message
from libs.common.metrics import Metrics
from libs.common.progress import Input, Progress
from libs.common.start import StartRule, open_place

log = logging.getLogger(__name__)

TAIL_LAG = 60


@dataclass
class Places:
    """`commits`: False for readers without a group. Nobody else seeks, pauses or commits."""

    reader: Reader
    rule: StartRule
    commits: bool
    clock: Clock
    metrics: Metrics
    lost: int = 0
    """Records that could not be read."""
    _open: dict[Place, Progress] = field(default_factory=dict)
    _unopened: list[Place] = field(default_factory=list)
    _begun: set[Place] = field(default_factory=set)
    _lost_to: dict[Place, int] = field(default_factory=dict)
    """Up to where retention's losses of a place were told: whoever is thrown out then, opens it below."""
    _paused_until_s: dict[Place, float] = field(default_factory=dict)
    _put_back: dict[Place, int] = field(default_factory=dict)

    @property
    def opened(self) -> bool:
        """True once there is something to read and all of it is being read."""
        return bool(self._open) and not self._unopened

    def is_open(self, place: Place) -> bool:
        """True if records of the place are to be handled now."""
        return place in self._open and place not in self._paused_until_s

    def progress(self, place: Place) -> Progress:
        """How far an open place is."""
        return self._open[place]

    def input_of(self, message: Message) -> Input | None:
        """The input that said this very message, if it is still kept."""
        found = (progress.inputs.get(id(message)) for progress in self._open.values())
        return next((entry for entry in found if entry is not None), None)

    def follow(self, batch: Batch) -> Iterator[tuple[Place, set[str]]]:
        """Act on what a poll told; yields the places, with their cameras, that were taken: all of them is forgotten.

        Records that such a place delivered before are dropped: it may be back, and read from elsewhere.
        """
        yield from [(place, self._give_up(place)) for place in batch.revoked]
        batch.records = [record for record in batch.records if record.place not in batch.revoked]
        self._unopened += batch.assigned
        if self._unopened:
            self._open_all()
        for skipped in batch.skipped:
            count = skipped.last - skipped.first + 1
            log.error(
                "%s/%s: %s messages from %s on are lost: %s", *skipped.place, count, skipped.first, skipped.reason
            )
            self.lost += count
            self._lost_to[skipped.place] = skipped.last + 1
            self.metrics.skipped.labels(skipped.reason.split(":")[0]).inc(count)
        self._resume()
        if self.rule.mode == "tail":
            self._jump(batch.records)

    def overtaken(self, batch: Batch) -> list[Progress]:
        """Open places of which retention took what comes next."""
        places = [skipped.place for skipped in batch.skipped if skipped.reason == OVERTAKEN]
        return [self._open[place] for place in places if place in self._open and place not in batch.revoked]

    def _open_all(self) -> None:
        """Until the broker does not answer, which may take seconds: then the others are asked in the next round."""
        opening: dict[Place, Commit] = {}
        while self._unopened:
            place = self._unopened.pop(0)
            try:
                self._open[place] = self._open_one(place)
            except TemporaryError as error:
                log.debug("%s/%s: %s", *place, error)
                self._unopened.append(place)
                break
            opening[place] = self._open[place].opening()
        if self.commits and opening and self.reader.commit(opening):
            for place, commit in opening.items():
                self._open[place].committed = commit

    def _open_one(self, place: Place) -> Progress:
        rule = replace(self.rule, from_ms=None) if place in self._begun else self.rule
        opened = open_place(self.reader, place, rule, self.clock)
        self._begun.add(place)
        if lost := min(opened.lost, max(0, opened.progress.start - self._lost_to.get(place, 0))):
            log.error("%s/%s: %s messages were overtaken by retention", *place, lost)
            self.metrics.skipped.labels(OVERTAKEN).inc(lost)
        return opened.progress

    def _give_up(self, place: Place) -> set[str]:
        self._paused_until_s.pop(place, None)
        self._put_back.pop(place, None)
        self._unopened = [other for other in self._unopened if other != place]
        progress = self._open.pop(place, None)
        return progress.cameras if progress is not None else set()

    def _resume(self) -> None:
        now_s = self.clock.monotonic_s()
        for place in [place for place, until_s in self._paused_until_s.items() if until_s <= now_s]:
            del self._paused_until_s[place]
            self.reader.resume(place)

    def _jump(self, records: list[Record]) -> None:
        """A viewer that fell behind goes on with the newest."""
        for place, offset in {record.place: record.offset for record in records}.items():
            behind = self.reader.lag(place) or 0
            if behind > TAIL_LAG:
                self.metrics.skipped.labels("behind").inc(behind - 1)
                self.reader.seek(place, offset + behind)

    def put_back(self, record: Record, error: TemporaryError) -> None:
        """Read from this record on again, after a pause; why is said once for each record."""
        level = logging.DEBUG if self._put_back.get(record.place) == record.offset else logging.WARNING
        log.log(level, "%s/%s@%s: %s; again in %.1f s", *record.place, record.offset, error, error.delay_s)
        self._put_back[record.place] = record.offset
        self.reader.seek(record.place, record.offset)
        self.reader.pause(record.place)
        self._paused_until_s[record.place] = self.clock.monotonic_s() + error.delay_s

    def announce(self, progress: Progress, record: Record) -> None:
        """Careful mode: say on the bus what will be tried; a record that killed its reader too often is refused."""
        if not self.commits:
            return
        if progress.is_crash_loop(record):
            raise PermanentError("the service died at this message again and again", "crash-loop")
        trying = progress.trying(record)
        if self.reader.commit({progress.place: trying}):
            progress.committed = trying

    def keep_only(self, held: Iterable[Message]) -> None:
        """Let go of all inputs but the held ones: the others are published, or under way."""
        ids = {id(message) for message in held}
        for progress in self._open.values():
            progress.keep_only(ids)

    def commit(self, held: Iterable[Message]) -> bool:
        """Store the progress of all places; the held messages must be read again after a restart."""
        self.keep_only(held)
        commits = {place: progress.passed() for place, progress in self._open.items()}
        changed = {place: c for place, c in commits.items() if c != self._open[place].committed}
        if not self.commits or not changed:
            return True
        if not self.reader.commit(changed):
            return False
        for place, commit in changed.items():
            self._open[place].stored(commit)
        return True

    def lag(self) -> int:
        """Records in the log that were not read yet, of all places, as far as known."""
        return sum(self.reader.lag(place) or 0 for place in self._open)
