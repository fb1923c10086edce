"""Runs a source: publishes what it yields, bounds what waits for the bus, ends its boot when stopped."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from libs.common.clock import Clock
from libs.common.errors import FatalError, PermanentError
from libs.common.health import Health
from libs.common.log_context import handling
from libs.common.messages import End, Frame, Message, Segment
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.video_end import VideoEnd
from libs.common.video_side import VideoSide

log = logging.getLogger(__name__)

WAIT_S = 0.2
STOP_S = 4.0


Settled = Callable[[str, PermanentError | None], None]
"""Told the id of each frame once its fate is known: None, it was acknowledged; else why the bus will not take it."""


def no_farewell() -> Iterable[Message]:
    """Nothing is said at the end."""
    return ()


@dataclass
class SourceRunner:
    """`messages`: None where there is none now, so that what became of the earlier ones is heard meanwhile.

    `live`: the source does not wait for us, so what finds the window full is dropped and counted.

    `sides`: messages of these types go to this topic, None: nowhere. `farewell`: what is said once all is over, unless
    the broker is away then. `settled`: a source that wants to know what became of its frames keeps them until then, so
    it alone knows which boots have ended when it is stopped.
    """

    messages: Iterator[Message | None]
    live: bool
    publisher: Publisher
    clock: Clock
    metrics: Metrics
    health: Health
    stop: threading.Event
    sides: Mapping[type[Message], str | None] = field(default_factory=dict)
    farewell: Callable[[], Iterable[Message]] = no_farewell
    settled: Settled | None = None
    _open: dict[str, Frame] = field(default_factory=dict)
    """By camera: the newest frame of a boot that has not ended."""
    _dropping: bool = False

    def __post_init__(self) -> None:
        self._video = VideoSide(self.sides.get(Segment), self.publisher, self.clock, self.metrics)

    def run(self) -> None:
        """Until the source ends or `stop` is set; raises FatalError if not everything was acknowledged."""
        topics = list(dict.fromkeys(topic for topic in self.sides.values() if topic))
        if not self.publisher.wait_for_topic(self.stop, lambda: self.health.turned(ready=False), topics):
            return
        self.health.turned(ready=True)
        for message in self.messages:
            self.health.turned(self.publisher.writer.connected())
            if message is None:
                self._report_refused()
            else:
                with handling(message):
                    self._take(message)
            if self.stop.is_set():
                break
        for frame in self._open.values() if self.settled is None else ():
            end = End(camera=frame.camera, boot=frame.boot, last_seq=frame.seq, reason="stopped")
            self.publisher.publish(end, self.clock.now_ns())
        self._video.stopped()
        if self.publisher.writer.connected():
            for message in self.farewell():
                self._take(message)
        self._finish()

    def _take(self, message: Message) -> None:
        if isinstance(message, Segment):
            self._video.put(message, self._wait_for_room(message))
            self.health.handled(message)
            self._report_refused()
            return
        if isinstance(message, VideoEnd):
            self._video.end(message)
            return
        side = self.sides.get(type(message), "")
        if side is None:
            return
        if side:
            self.publisher.publish(message, self.clock.now_ns(), side=side)
            return
        self.metrics.frames_in.inc()
        if isinstance(message, Frame):
            self._open[message.camera] = message
        elif isinstance(message, End):
            self._open.pop(message.camera, None)
            self._video.end(message)
        if not self._wait_for_room(message):
            self.metrics.skipped.labels("bus-full").inc()
            return
        in_ns = message.captured_at if isinstance(message, Frame) else self.clock.now_ns()
        self.publisher.publish(message, in_ns, settled=self._settled_of(message))
        self.health.handled(message)
        self._report_refused()

    def _settled_of(self, message: Message) -> Callable[[PermanentError | None], None] | None:
        return partial(self.settled, message.frame_id) if self.settled and isinstance(message, Frame) else None

    def _wait_for_room(self, message: Message) -> bool:
        """False if this frame must be dropped."""
        while self.publisher.writer.full() and not self.stop.is_set():
            if self.live and (isinstance(message, Segment) or (isinstance(message, Frame) and not message.still)):
                if not self._dropping:
                    log.warning("the broker does not take frames: dropping until it does")
                self._dropping = True
                return False
            self.publisher.drain(WAIT_S)
            self.health.turned(self.publisher.writer.connected())
        if self._dropping:
            log.info("the broker takes frames again")
        self._dropping = False
        return True

    def _report_refused(self) -> None:
        for refused in self.publisher.refused():
            self.metrics.skipped.labels(refused.error.reason).inc()
            log.error("dropped: %s", refused.error)

    def _finish(self) -> None:
        drained = False
        while not drained and not self.stop.is_set():
            drained = self.publisher.drain(WAIT_S)
            self.health.turned(self.publisher.writer.connected())
        if not drained and not self.publisher.drain(STOP_S):
            kept = "; the rest is kept for the next start" if self.settled else ""
            raise FatalError(f"stopped before everything was acknowledged{kept}")
        self._report_refused()
