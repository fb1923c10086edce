"""Runs each camera in a thread of its own and hands out what they send, one of each in turn."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from libs.common.errors import FatalError
from libs.common.messages import Message
from services.producer.backoff import Backoff
from services.producer.outbox import Outbox
from services.producer.plan import Plan
from services.producer.produce import Wait
from services.producer.sources import read_url

log = logging.getLogger(__name__)

LOOK_S = 0.2
STOP_S = 2.0

Make = Callable[[Plan, Wait], Iterator[Message]]
"""The messages of one camera, until it is stopped (`produce`)."""


@dataclass(eq=False)
class Camera:
    """One plan and the thread that follows it."""

    plan: Plan
    make: Make
    outbox: Outbox
    left_out: Callable[[str], None]
    stopped: threading.Event = field(default_factory=threading.Event)
    failure: FatalError | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self.plan.camera, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks it; what it still says, such as its last End, comes out of the outbox."""
        self.stopped.set()

    def join(self, within_s: float) -> None:
        if self._thread is not None:
            self._thread.join(within_s)
        self.outbox.close()

    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        backoff = Backoff()
        while True:
            try:
                for message in self.make(self.plan, self.stopped.wait):
                    if not self.outbox.put(message):
                        self.left_out("behind")
                return
            except FatalError as error:
                self.failure = error
                return
            except Exception:
                log.exception("%s: a bug: it begins anew", self.plan.camera)
            if self.stopped.wait(backoff.next_s()):
                return


class Cameras:
    """Those of one process."""

    def __init__(
        self, make: Make, beat: Callable[[], None], stop: threading.Event, left_out: Callable[[str], None]
    ) -> None:
        """`beat` is called a few times a second; `left_out` is told why a frame was not sent."""
        self._make, self._beat, self._stop, self._left_out = make, beat, stop, left_out
        self._turn = threading.Condition()
        self._cameras: dict[str, Camera] = {}
        self._going: list[Camera] = []

    def follow(self, plans: Mapping[str, Plan]) -> None:
        """Start what is new, stop what is gone, begin anew what has changed; the others go on untouched."""
        for name, camera in list(self._cameras.items()):
            if plans.get(name) != camera.plan:
                camera.stop()
                self._going.append(self._cameras.pop(name))
        for name, plan in plans.items():
            if name not in self._cameras:
                self._cameras[name] = self._started(plan)

    def _started(self, plan: Plan) -> Camera:
        outbox = Outbox(self._turn, read_url(plan.url).live)
        camera = Camera(plan, self._make, outbox, self._left_out)
        camera.start()
        return camera

    def messages(self) -> Iterator[Message]:
        """Until stopped, or until all have ended, as files do. Raises FatalError where a camera cannot go on."""
        while not self._stop.is_set():
            self._beat()
            ended = not any(camera.running() for camera in self._all())
            taken = self._take()
            yield from taken
            if ended and not taken:
                break
        yield from self._end()

    def _all(self) -> list[Camera]:
        return [*self._cameras.values(), *self._going]

    def _take(self) -> list[Message]:
        """One message of each camera that has one; waits a moment if none has."""
        with self._turn:
            taken = self._one_of_each()
            if not taken:
                self._turn.wait(LOOK_S)
                taken = self._one_of_each()
        self._going = [camera for camera in self._going if camera.running()]
        return taken

    def _one_of_each(self) -> list[Message]:
        return [message for camera in self._all() if (message := camera.outbox.take()) is not None]

    def _end(self) -> Iterator[Message]:
        """What they still had to say, in a bounded time."""
        for camera in self._all():
            camera.stop()
        for camera in self._all():
            camera.join(STOP_S / max(1, len(self._all())))
        while taken := self._take():
            yield from taken
        if failure := next((camera.failure for camera in self._all() if camera.failure), None):
            raise failure
