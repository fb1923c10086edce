"""Runs each camera in a thread of its own and hands out what they send, one of each in turn."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from libs.common.messages import Message
from services.producer.fleet.camera import Camera, Make
from services.producer.fleet.outbox import Outbox
from services.producer.fleet.streams import streams_of
from services.producer.plan import Plan
from services.producer.sources.plan_source import source_of

log = logging.getLogger(__name__)

LOOK_S = 0.2
STOP_S = 2.0
GIVE_UP_S = 30.0
"""A camera that was asked to stop and has not: longer than any silence after which a read is given up."""

Farewell = Callable[[str], Iterable[Message]]
News = Callable[[], Iterable[Message]]


def no_news() -> Iterable[Message]:
    """Nothing is said beside what the cameras say."""
    return ()


def no_farewell(camera: str) -> Iterable[Message]:
    """Nothing is said of a camera that is gone."""
    return ()


class Cameras:
    """Those of one process. `follow` may be called by any thread, `messages` is for one alone."""

    def __init__(
        self,
        make: Make,
        beat: Callable[[], None],
        stop: threading.Event,
        left_out: Callable[[str], None],
        fleet: bool = False,
        farewell: Farewell = no_farewell,
    ) -> None:
        """`beat` is called a few times a second; `left_out` is told why a frame was not sent.

        `fleet`: it goes on until it is stopped, whatever happens to its cameras; else it ends with them. What
        `farewell` says comes after the last message of a camera that was taken out.
        """
        self._make, self._beat, self._stop, self._left_out = make, beat, stop, left_out
        self._fleet, self._farewell = fleet, farewell
        self._turn = threading.Condition()
        self._wanted: Mapping[str, Plan] = {}
        self._streams: Mapping[str, Plan] = {}
        """Of those that are wanted, by the names of their threads, as in the next two."""
        self._cameras: dict[str, Camera] = {}
        self._leaving: dict[str, tuple[Camera, float]] = {}
        """Asked to stop, and when they are given up. Their successors wait for their last message."""
        self._followed: Mapping[str, Plan] = self._streams
        """What was wanted when the last change was made."""

    def follow(self, plans: Mapping[str, Plan]) -> None:
        """Start what is new, stop what is gone, begin anew what has changed; the others go on untouched."""
        with self._turn:
            self._wanted, self._streams = dict(plans), streams_of(plans)
            self._turn.notify_all()

    def names(self) -> list[str]:
        """Of all that are wanted, those that are off or away too."""
        return list(self._wanted)

    def resting(self, now_ns: int) -> bool:
        """True if none is to be open at this time (UTC)."""
        return not any(plan.active is None or plan.active.hold(now_ns) for plan in self._wanted.values())

    def messages(self, news: News = no_news) -> Iterator[Message]:
        """Until stopped, or until all have ended, as files do. Raises FatalError where a camera cannot go on.

        `news` is asked as often as `beat`: what it says comes between what the cameras say.
        """
        try:
            while not self._stop.is_set():
                self._beat()
                yield from self._change()
                yield from news()
                ended = not self._fleet and all(camera.done() for camera in self._all())
                yield from self._take()
                if ended:
                    break
            yield from self._end()
        finally:
            for camera in self._all():
                camera.stop()
                camera.outbox.close()

    def _change(self) -> Iterator[Message]:
        """Towards what is wanted."""
        wanted = self._streams
        if wanted is self._followed and not self._leaving:
            return
        self._followed = wanted
        for name, camera in list(self._cameras.items()):
            if wanted.get(name) != camera.plan:
                camera.stop()
                self._leaving[name] = self._cameras.pop(name), time.monotonic() + GIVE_UP_S
        yield from self._let_go(wanted)
        for name, plan in wanted.items():
            if name not in self._cameras and name not in self._leaving:
                self._cameras[name] = self._started(plan)

    def _let_go(self, wanted: Mapping[str, Plan]) -> Iterator[Message]:
        """Those that have ended and said all; one that does not end must not hold up its successor for ever."""
        for name, (camera, until_s) in list(self._leaving.items()):
            if camera.done():
                del self._leaving[name]
                yield from self._gone(camera.plan.camera, wanted)
            elif not camera.outbox.closed and time.monotonic() > until_s:
                log.warning("%s: not stopped after %.0f s, given up: its thread is left behind", name, GIVE_UP_S)
                camera.give_up()

    def _gone(self, camera: str, wanted: Mapping[str, Plan]) -> Iterable[Message]:
        """Farewell, once the last of its streams has ended."""
        left = any(each.plan.camera == camera for each in self._all())
        return () if left or camera in wanted else self._farewell(camera)

    def _started(self, plan: Plan) -> Camera:
        outbox = Outbox(self._turn, source_of(plan).live)
        camera = Camera(plan, self._make, outbox, self._left_out, self._fleet)
        camera.start()
        return camera

    def _all(self) -> list[Camera]:
        return [*self._cameras.values(), *(camera for camera, _ in self._leaving.values())]

    def _take(self) -> list[Message]:
        """One message of each camera that has one; waits a moment if none has."""
        with self._turn:
            taken = self._one_of_each()
            if not taken:
                self._turn.wait(LOOK_S)
                taken = self._one_of_each()
        return taken

    def _one_of_each(self) -> list[Message]:
        return [message for camera in self._all() if (message := camera.outbox.take()) is not None]

    def _end(self) -> Iterator[Message]:
        """What they still have to say, in a bounded time."""
        for camera in self._all():
            camera.stop()
        until_s = time.monotonic() + STOP_S
        while time.monotonic() < until_s and not all(camera.done() for camera in self._all()):
            yield from self._take()
        if failure := next((camera.failure for camera in self._all() if camera.failure), None):
            raise failure
