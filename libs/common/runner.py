"""Runs a stage on the bus: poll, decode, call, publish, wait for acks, commit, dead-letter, count, stop."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from libs.common.arrivals import Arrival, Arrivals
from libs.common.bus import Place, Reader, Record
from libs.common.clock import Clock
from libs.common.commit_pace import CommitPace
from libs.common.dead_letters import DeadLetters
from libs.common.errors import FatalError, FramebusError, PermanentError, TemporaryError
from libs.common.guard import Guard, TooManyBugsError
from libs.common.health import Health
from libs.common.log_context import handling
from libs.common.messages import CameraMessage, Message
from libs.common.metrics import Metrics
from libs.common.places import Places
from libs.common.progress import Input, Progress
from libs.common.publisher import Publisher
from libs.common.stage import Out, Stage, ends_of, picture_bytes
from libs.common.watchdog import Watchdog

log = logging.getLogger(__name__)

POLL_S = 0.2
DRAIN_S = 5.0
STOP_S = 4.0


@dataclass
class Runner:
    """One reader, one handler thread (the caller's), at most one publisher. `stages`: input topic -> stage."""

    stages: Mapping[str, Stage]
    reader: Reader
    publisher: Publisher | None
    places: Places
    arrivals: Arrivals
    dead_letters: DeadLetters
    clock: Clock
    metrics: Metrics
    health: Health
    watchdog: Watchdog
    stop: threading.Event

    def __post_init__(self) -> None:
        self._guard = Guard(self.watchdog)
        self._pace = CommitPace(self.clock)
        self._distinct = list({id(stage): stage for stage in self.stages.values()}.values())

    def run(self) -> None:
        """Until `stop` is set or a stream has ended. Raises FatalError where going on would lose messages."""
        self.watchdog.start()
        try:
            while not self.stop.is_set() and not self.reader.ended():
                self.turn()
            self._finish()
        except TooManyBugsError:
            self.commit(STOP_S)
            raise
        finally:
            self.watchdog.stop()
            self.reader.close()

    def turn(self) -> None:
        """One round of the loop."""
        if not (connected := self.reader.connected()) or self.places.opened:
            self.health.turned(connected)
        else:
            self.health.turned(False, "there is nothing to read yet")
        if self.publisher is not None and self.publisher.writer.full():
            self.publisher.drain(POLL_S)
            return
        arrivals = self.arrivals.read(self._gather())
        outdated = self.arrivals.outdated(arrivals)
        for index, arrival in enumerate(arrivals):
            if self.stop.is_set():
                return
            if self.places.is_open(arrival.record.place):
                with handling(arrival.message):
                    self._take(arrival, index in outdated)
        for stage in self._distinct:
            self._try(stage, stage.tick)
        self.places.keep_only(self._held())
        if self._pace.is_due():
            self.commit(DRAIN_S)

    def _gather(self) -> list[Record]:
        """One poll; in latest mode also what lies ready behind it, so that older frames can be passed over."""
        records, gathered = self._poll(POLL_S, []), 0
        while gathered < len(records) and self.arrivals.gathers(records):
            gathered = len(records)
            records = self._poll(0, records)
        return records

    def _poll(self, timeout_s: float, earlier: list[Record]) -> list[Record]:
        """The records that lie ready, behind the `earlier` ones whose place was not taken meanwhile."""
        batch = self.reader.poll(timeout_s)
        for progress in self.places.overtaken(batch):
            self._lose(progress.place, progress.cameras, "what followed was overtaken by retention")
        for skipped in batch.skipped:
            self.dead_letters.write_skipped(skipped)
        for place, cameras in self.places.follow(batch):
            self._lose(place, cameras, "what it was held with was taken from us")
        return [record for record in earlier if record.place not in batch.revoked] + batch.records

    def _lose(self, place: Place, cameras: Collection[str], why: str) -> None:
        """What the stage holds, and nobody reads again, comes out alone where it can."""
        stage = self.stages[place.topic]
        held = [each for each in stage.held() if isinstance(each, CameraMessage) and each.camera in cameras]
        if ours := [each for each in held if self.places.input_of(each) is not None]:
            self._try(stage, partial(stage.alone, ours))
        self._forget(place, cameras, PermanentError(why, "gap"))

    def _forget(self, place: Place, cameras: Iterable[str], error: PermanentError) -> None:
        """What the stage lets go of would never come out where its place is still ours: nobody reads it again."""
        stage = self.stages[place.topic]
        before = list(stage.held())
        for camera in cameras:
            stage.forget(camera)
            self.arrivals.forget(place.topic, camera)
        self._bury_all_but(stage.held(), before, error)

    def _take(self, arrival: Arrival, outdated: bool) -> None:
        """Every record ends in exactly one way: remembered, handled, left out, put back, or dead-lettered."""
        record = arrival.record
        progress = self.places.progress(record.place)
        entry = Input(record, arrival.message, arrival.in_ns)
        try:
            if record.offset < progress.start:
                self._remember(progress, arrival)
                return
            self.metrics.frames_in.inc()
            self._handle(progress, entry, arrival.error, outdated)
        except TemporaryError as error:
            self.places.put_back(record, error)
            return
        except PermanentError as error:
            self.dead_letters.write(record, error)
        progress.done(entry)
        self.health.flowed()
        self._pace.handled(len(record.value or b""))

    def _remember(self, progress: Progress, arrival: Arrival) -> None:
        """What was refused or left out when it was handled is no history."""
        record, message, stage = arrival.record, arrival.message, self.stages[arrival.record.place.topic]
        progress.position = record.offset + 1
        if arrival.error or not isinstance(message, CameraMessage) or self.arrivals.never_wanted(record, message):
            return
        progress.cameras.add(message.camera)
        self.arrivals.note(record, message)
        try:
            if progress.careful:
                self.places.announce(progress, record)
            self._guard.call(lambda: stage.remember(message))
        except (TemporaryError, PermanentError) as error:
            log.warning("%s/%s@%s is not remembered: %s", *record.place, record.offset, error)

    def _handle(self, progress: Progress, entry: Input, error: PermanentError | None, outdated: bool) -> None:
        message = entry.message
        if error is not None or message is None:
            raise error or PermanentError("no message", "bad-message")
        if isinstance(message, CameraMessage):
            progress.cameras.add(message.camera)
        reason = self.arrivals.unwanted(entry.record, message) or ("outdated" if outdated else None)
        if reason:
            self.metrics.skipped.labels(reason).inc()
            return
        if progress.careful:
            self._announce(progress, entry.record)
        stage = self.stages[entry.record.place.topic]
        with self.metrics.step_s.time():
            outs = self._outs(stage, lambda: stage.handle(message))
        self._guard.went_well()
        self._publish(outs, entry)
        self.arrivals.note(entry.record, message)
        self.health.handled(message)

    def _announce(self, progress: Progress, record: Record) -> None:
        """A crash-loop may be the fault of what is held: it is refused together with the record that came then."""
        try:
            self.places.announce(progress, record)
        except PermanentError as error:
            self._forget(progress.place, progress.cameras, error)
            raise

    def _held(self) -> list[Message]:
        return [message for stage in self._distinct for message in stage.held()]

    def _try(self, stage: Stage, call: Callable[[], Iterable[Out]]) -> None:
        try:
            self._publish(self._outs(stage, call), None)
        except (TemporaryError, PermanentError) as error:
            log.warning("tick: %s", error)

    def _outs(self, stage: Stage, call: Callable[[], Iterable[Out]]) -> list[Out]:
        """What the stage gives out; inputs that it lets go of while it fails are dead letters."""
        before = list(stage.held())
        try:
            return self._guard.call(lambda: list(call()))
        except FramebusError as error:
            self._bury_all_but(stage.held(), before, PermanentError(str(error), "bug"))
            raise

    def _bury_all_but(self, kept: Iterable[Message], messages: Iterable[Message], error: PermanentError) -> None:
        ids = {id(message) for message in kept}
        for message in messages:
            if id(message) not in ids and (entry := self.places.input_of(message)) is not None:
                self.dead_letters.write(entry.record, error)

    def _publish(self, outs: Iterable[Out], entry: Input | None) -> None:
        for out in outs:
            if self.publisher is None:
                raise FatalError("this service has no output topic")
            cause = (self.places.input_of(out.cause) if out.cause is not None else None) or entry
            in_ns = cause.in_ns if cause is not None else self.clock.now_ns()
            self.publisher.publish(out.message, in_ns, cause.record if cause is not None else None, out.topic)

    def commit(self, drain_s: float) -> bool:
        """Store how far everything is published and acknowledged, or buried; never past a held input."""
        held = self._held()
        self.metrics.lag.set(self.places.lag())
        self.metrics.held_bytes.set(picture_bytes(held))
        with self._pace.commit():
            if self.publisher is not None and not self.publisher.drain(drain_s):
                return False
            self._bury_refused()
            return self.places.commit(held)

    def _bury_refused(self) -> None:
        for refused in self.publisher.refused() if self.publisher is not None else ():
            if refused.origin is None:
                log.error("an output was refused: %s", refused.error)
            else:
                self.dead_letters.write(refused.origin, refused.error)

    def _finish(self) -> None:
        """Stopping: held inputs stay uncommitted for the next start. A stream has none: its boots end here."""
        if self.reader.ended():
            for stage in self._distinct:
                for end in ends_of(stage.held()):
                    outs = self._outs(stage, partial(stage.handle, end))
                    self._publish([out for out in outs if out.message is not end], None)
        if not self.commit(STOP_S):
            raise FatalError("stopped before everything was acknowledged and committed")
        if self.reader.ended() and self.places.lost:
            raise FatalError("the input stream broke off")
