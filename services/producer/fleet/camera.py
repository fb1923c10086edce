"""One camera and the thread that follows its plan: what breaks there stays there."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from libs.common.errors import FatalError
from libs.common.log_context import handling
from libs.common.messages import End, Frame, Message, Segment, replace
from libs.common.video_end import VideoEnd
from services.producer.backoff import Backoff, Wait
from services.producer.fleet.outbox import Outbox
from services.producer.plan import Plan

log = logging.getLogger(__name__)

LONGEST_S = 60.0

Make = Callable[[Plan, Wait], Iterator[Message]]
"""The messages of one camera, until it is stopped (`produce`)."""


@dataclass(eq=False)
class Camera:
    """One stream of it. `tries_again`: what cannot be opened may come back; else it ends the service."""

    plan: Plan
    make: Make
    outbox: Outbox
    left_out: Callable[[str], None]
    tries_again: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    failure: FatalError | None = None
    _thread: threading.Thread | None = None
    _open: Frame | Segment | None = None
    """The newest of a boot that has not ended: a frame or, of a stream without frames, a segment without its data."""
    _trouble: str = ""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self.plan.camera, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks it; what it still says, such as its last End, comes out of the outbox."""
        self.stopped.set()

    def give_up(self) -> None:
        """It has not come back: whatever it says from now on is lost, and its boot is ended here."""
        self.outbox.close(self._end("stopped"))

    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def done(self) -> bool:
        """Nothing comes out any more, and nothing will."""
        return (self.outbox.closed or not self.running()) and self.outbox.empty()

    def _run(self) -> None:
        """Where there is only one camera, every log line is about it anyway."""
        with handling(self.plan.camera if self.tries_again else None):
            self._follow()

    def _follow(self) -> None:
        backoff = Backoff(LONGEST_S)
        while not self.outbox.closed:
            try:
                self._send_all(backoff)
                return
            except FatalError as error:
                if not self.tries_again:
                    self.failure = error
                    return
                self._tell(str(error))
            except Exception:
                log.exception("%s: a bug: it begins anew", self.plan.camera)
            if (end := self._end("error")) is not None:
                self._put(end)
            if self.stopped.wait(backoff.next_s()):
                return

    def _send_all(self, backoff: Backoff) -> None:
        for message in self.make(self.plan, self.stopped.wait):
            if isinstance(message, Segment if self.plan.packets_only else Frame):
                backoff.reset()
                self._trouble = ""
            self._put(message)
            if self.outbox.closed:
                return

    def _put(self, message: Message) -> None:
        if isinstance(message, Frame):
            self._open = message
        elif isinstance(message, Segment) and self.plan.packets_only:
            self._open = replace(message, data=b"")
        elif isinstance(message, End | VideoEnd):
            self._open = None
        if not self.outbox.put(message):
            self.left_out("behind")

    def _end(self, reason: str) -> End | VideoEnd | None:
        """Of the boot that is open, if one is."""
        last, self._open = self._open, None
        if isinstance(last, Segment):
            return VideoEnd(camera=last.camera, boot=last.boot, reason=reason)
        return End(camera=last.camera, boot=last.boot, last_seq=last.seq, reason=reason) if last else None

    def _tell(self, trouble: str) -> None:
        """The same trouble again and again is one line."""
        log.log(logging.DEBUG if trouble == self._trouble else logging.WARNING, "%s; trying again", trouble)
        self._trouble = trouble
