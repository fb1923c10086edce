"""What is told of the cameras: they are connected while pictures come, and else silent, or gone."""

from collections.abc import Callable, Collection, Iterator

from libs.common.clock import Clock
from libs.common.keyed import Gone
from libs.common.messages import Frame, Message
from libs.common.registry.state import State

SILENT = "silent"
EVERY_S = 1.0
KIND = "upload"
"""What `source` of a status says: neither a user nor a folder is told."""

Waits = Callable[[str], bool]
Ended = Callable[[str], Iterator[Message]]


class Cameras:
    """`names`: those of now; they may change at any time. `silent_after_s`: None, silence means nothing."""

    def __init__(self, names: Callable[[], Collection[str]], clock: Clock, silent_after_s: float | None) -> None:
        self._names, self._clock, self._silent_after_s = names, clock, silent_after_s
        self._states: dict[str, State] = {}
        self._heard_s: dict[str, float] = {}
        self._next_s = 0.0

    def names(self) -> list[str]:
        """Those that may send, and those that have."""
        return sorted({*self._names(), *self._states})

    def sent(self, frame: Frame) -> Iterator[Message]:
        """A picture goes to the bus."""
        self._heard_s[frame.camera] = self._clock.monotonic_s()
        yield from self._state(frame.camera).connected(frame.boot, frame.width, frame.height)

    def news(self, waits: Waits, boot_of: Callable[[str], str], gone: Ended) -> Iterator[Message]:
        """May be asked at any time, and often. `waits`: pictures of it are still to be sent; `gone`: what else is said
        of a camera that was taken out.
        """
        now_s = self._clock.monotonic_s()
        if now_s < self._next_s:
            return
        self._next_s = now_s + EVERY_S
        names = self._names()
        for camera in [each for each in self._heard_s if each not in names and not waits(each)]:
            yield from self._remove(camera, gone)
        for camera in names if self._silent_after_s is not None else ():
            heard_s = self._heard_s.setdefault(camera, now_s)
            if now_s - heard_s > (self._silent_after_s or 0.0) and not waits(camera):
                yield from self._state(camera).disconnected(boot_of(camera), SILENT)

    def _remove(self, camera: str, gone: Ended) -> Iterator[Message]:
        del self._heard_s[camera]
        self._states.pop(camera, None)
        yield from gone(camera)
        yield Gone(key=camera)

    def _state(self, camera: str) -> State:
        if camera not in self._states:
            self._states[camera] = State(camera, KIND, self._clock)
        return self._states[camera]
