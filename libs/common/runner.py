"""Runs a stage on the bus: poll, decode, call, publish, wait for acks, commit, dead-letter, count, stop."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from libs.common.arrivals import Arrival, Arrivals
from libs.common.bus import Reader, Record
from libs.common.clock import Clock
from libs.common.dead_letters import DeadLetters
from libs.common.errors import FatalError, FramebusError, PermanentError, TemporaryError
from libs.common.health import Health
from libs.common.messages import CameraMessage, End, Frame, Message
from libs.common.metrics import Metrics
from libs.common.places import Places
from libs.common.progress import Input, Progress
from libs.common.publisher import Publisher
from libs.common.stage import Out, Stage
from libs.common.watchdog import Watchdog

log = logging.getLogger(__name__)
T = TypeVar("T")

POLL_S = 0.1
COMMIT_EVERY_S = 1.0
COMMIT_EVERY_BYTES = 16 << 20
DRAIN_S = 5.0
STOP_S = 4.0
BUGS_IN_A_ROW = 20
MAX_GATHER = 32


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
    _bugs: int = 0
    _uncommitted_bytes: int = 0
    _committed_at_s: float = field(default=0.0)

    def run(self) -> None:
        """Until `stop` is set or a stream has ended. Raises FatalError where going on would lose messages."""
        self.watchdog.start()
        try:
            while not self.stop.is_set() and not self.reader.ended():
                self.turn()
            self._finish()
        finally:
            self.watchdog.stop()
            self.reader.close()

    def turn(self) -> None:
        """One round of the loop."""
        self.health.turned(self.reader.connected() and self.places.opened)
        if self.publisher is not None and self.publisher.writer.full():
            self.publisher.drain(POLL_S)
            return
        arrivals = self.arrivals.read(self._gather())
        outdated = self.arrivals.outdated(arrivals)
        for index, arrival in enumerate(arrivals):
            if self.places.is_open(arrival.record.place):
                self._take(arrival, index in outdated)
        self._publish(self._guarded(lambda: [out for stage in self._all_stages() for out in stage.tick()]), None)
        if self._commit_is_due():
            self.commit(DRAIN_S)

    def _gather(self) -> list[Record]:
        """One poll; in latest mode also what lies ready behind it, so that older frames can be passed over."""
        records = self._poll(POLL_S)
        for _ in range(MAX_GATHER if self.arrivals.latest and records else 0):
            more = self._poll(0)
            if not more:
                break
            records += more
        return records

    def _poll(self, timeout_s: float) -> list[Record]:
        batch = self.reader.poll(timeout_s)
        for place, cameras in self.places.follow(batch):
            for camera in cameras:
                self.stages[place.topic].forget(camera)
                self.arrivals.forget(place.topic, camera)
        return batch.records

    def _all_stages(self) -> Iterable[Stage]:
        return {id(stage): stage for stage in self.stages.values()}.values()

    def _take(self, arrival: Arrival, outdated: bool) -> None:
        """Every record ends in exactly one way: remembered, handled, left out, put back, or dead-lettered."""
        record = arrival.record
        progress = self.places.progress(record.place)
        entry = Input(record, arrival.message, arrival.in_ns)
        try:
            if record.offset < progress.start:
                self._remember(arrival)
                return
            self.metrics.frames_in.inc()
            self._handle(progress, entry, arrival.error, outdated)
        except TemporaryError as error:
            log.warning("%s/%s@%s: %s; again in %.1f s", *record.place, record.offset, error, error.delay_s)
            self.places.put_back(record, error.delay_s)
            return
        except PermanentError as error:
            self.dead_letters.write(record, error)
        progress.done(entry)
        self._uncommitted_bytes += len(record.value or b"")

    def _remember(self, arrival: Arrival) -> None:
        message, stage = arrival.message, self.stages[arrival.record.place.topic]
        if isinstance(message, CameraMessage):
            self.places.progress(arrival.record.place).cameras.add(message.camera)
            self.arrivals.note(arrival.record, message)
            try:
                self._guarded(lambda: stage.remember(message))
            except FramebusError as error:
                log.debug("not remembered: %s", error)

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
            self.places.announce(progress, entry.record)
        stage = self.stages[entry.record.place.topic]
        with self.metrics.step_s.time():
            outs = self._guarded(lambda: list(stage.handle(message)))
        self._bugs = 0
        self._publish(outs, entry)
        self.arrivals.note(entry.record, message)
        self._saw(message)

    def _saw(self, message: Message) -> None:
        self.health.handled(message)
        if isinstance(message, Frame):
            self.metrics.age_s.set((self.clock.now_ns() - message.captured_at) / 1e9)

    def _guarded(self, call: Callable[[], T]) -> T:
        """Call a stage under the watchdog; an error that is not ours is a bug, and many in a row end the service."""
        self.watchdog.begin()
        try:
            result = call()
        except FramebusError:
            raise
        except Exception as error:
            self._bugs += 1
            log.exception("a bug in the stage")
            if self._bugs >= BUGS_IN_A_ROW:
                raise FatalError(f"{self._bugs} bugs in a row, the last one: {type(error).__name__}") from error
            raise PermanentError(f"{type(error).__name__}: {error}", "bug") from error
        finally:
            self.watchdog.end()
        return result

    def _publish(self, outs: Iterable[Out], entry: Input | None) -> None:
        for out in outs:
            if self.publisher is None:
                raise FatalError("this service has no output topic")
            cause = (self.places.input_of(out.cause) if out.cause is not None else None) or entry
            in_ns = cause.in_ns if cause is not None else self.clock.now_ns()
            self.publisher.publish(out.message, in_ns, cause.record if cause is not None else None)

    def _commit_is_due(self) -> bool:
        waited_s = self.clock.monotonic_s() - self._committed_at_s
        return waited_s >= COMMIT_EVERY_S or self._uncommitted_bytes >= COMMIT_EVERY_BYTES

    def commit(self, drain_s: float) -> bool:
        """Store how far everything is published and acknowledged, or buried; never past a held input."""
        self._committed_at_s = self.clock.monotonic_s()
        if self.publisher is not None and not self.publisher.drain(drain_s):
            return False
        self._bury_refused()
        self._uncommitted_bytes = 0
        self.metrics.lag.set(self.places.lag())
        return self.places.commit({id(message) for stage in self._all_stages() for message in stage.held()})

    def _bury_refused(self) -> None:
        for refused in self.publisher.refused() if self.publisher is not None else ():
            if refused.origin is None:
                log.error("an output was refused: %s", refused.error)
            else:
                self.dead_letters.write(refused.origin, refused.error)

    def _finish(self) -> None:
        """Stopping: held inputs stay uncommitted for the next start. A stream has none: its boots end here."""
        if self.reader.ended():
            for stage in self._all_stages():
                for frame in _newest_per_boot(stage.held()):
                    end = End(camera=frame.camera, boot=frame.boot, last_seq=frame.seq, reason="the stream ended")
                    self._publish([out for out in stage.handle(end) if out.message is not end], None)
        if not self.commit(STOP_S):
            raise FatalError("stopped before everything was acknowledged and committed")


def _newest_per_boot(held: Iterable[Message]) -> list[Frame]:
    newest = {(frame.camera, frame.boot): frame for frame in held if isinstance(frame, Frame)}
    return list(newest.values())
