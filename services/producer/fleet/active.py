"""A camera that is open in its windows of the week only: outside of them it is closed and nothing is fetched."""

from collections.abc import Callable, Iterator

from libs.common.clock import Clock
from libs.common.hours import Hours
from libs.common.messages import Message
from services.producer.backoff import Wait

LOOK_S = 0.5
MINUTE_NS = 60_000_000_000


class UntilClosed:
    """A Wait that is over, too, when the window is."""

    def __init__(self, active: Hours, clock: Clock, wait: Wait) -> None:
        self._active, self._clock, self._wait = active, clock, wait
        self._minute = -1
        self.stopped = False
        self.closed = False

    def __call__(self, seconds: float) -> bool:
        until_s = self._clock.monotonic_s() + seconds
        while True:
            left_s = until_s - self._clock.monotonic_s()
            self.stopped = self.stopped or self._wait(max(0.0, min(LOOK_S, left_s)))
            self._look(self._clock.now_ns())
            if self.stopped or self.closed:
                return True
            if left_s <= LOOK_S:
                return False

    def _look(self, now_ns: int) -> None:
        """Once a minute is enough: windows begin and end with one."""
        if now_ns // MINUTE_NS != self._minute:
            self._minute = now_ns // MINUTE_NS
            self.closed = self.closed or not self._active.hold(now_ns)


def in_hours(
    active: Hours,
    clock: Clock,
    wait: Wait,
    opened: Callable[[Wait], Iterator[Message]],
    off: Callable[[], Iterator[Message]],
) -> Iterator[Message]:
    """`opened`: the messages of the camera until its Wait is over; `off`: what is told when it is switched off."""
    while True:
        if active.hold(clock.now_ns()):
            until = UntilClosed(active, clock, wait)
            yield from opened(until)
            if until.stopped or not until.closed:
                return
        else:
            yield from off()
            while not active.hold(clock.now_ns()):
                if wait(LOOK_S):
                    return
