"""The cameras that came by themselves: their names, their streams, and for how long they are remembered."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Condition

from services.producer.backoff import Wait
from services.producer.plan import Plan
from services.producer.webrtc.stream import Stream

KEEP_S = 300.0
"""A camera whose sender went is shown so long, and may come back."""
MOST_NAMES = 64
LOOK_S = 0.2

Follow = Callable[[Mapping[str, Plan]], None]


def no_one(plans: Mapping[str, Plan]) -> None:
    """Nobody follows yet."""


@dataclass(frozen=True)
class Seat:
    """One camera's; `stream` is its newest."""

    plan: Plan
    stream: Stream

    def silent_s(self) -> float:
        """For how long nothing has come; 0 while it may."""
        return time.monotonic() - self.stream.last_s if self.stream.reason else 0.0


class Seats:
    """`show` and `forget` are called by the loop's thread, `after` by those of the cameras."""

    def __init__(self, plan_of: Callable[[str], Plan]) -> None:
        self._plan_of = plan_of
        self._turn = Condition()
        self._seats: dict[str, Seat] = {}
        self.follow: Follow = no_one
        """Told which cameras there are, when they are others."""

    def show(self, camera: str, stream: Stream) -> None:
        """A stream has its first picture: the camera begins, or goes on."""
        with self._turn:
            seats = dict(self._seats)
            if camera not in seats and len(seats) >= MOST_NAMES:
                del seats[max(seats, key=lambda name: seats[name].silent_s())]
            seats[camera] = Seat(self._plan_of(camera), stream)
            self._change(seats)

    def forget(self) -> None:
        """Those of which nothing has come for long; called now and then."""
        with self._turn:
            self._change({name: seat for name, seat in self._seats.items() if seat.silent_s() < KEEP_S})

    def resting(self) -> bool:
        """Nothing is to come from anyone."""
        return all(seat.stream.reason for seat in self._seats.values())

    def after(self, camera: str, last: Stream | None, stopped: Wait) -> Stream | None:
        """The camera's next stream, once there is one; None when stopped."""
        while not stopped(0.0):
            with self._turn:
                if (seat := self._seats.get(camera)) is not None and seat.stream is not last:
                    return seat.stream
                self._turn.wait(LOOK_S)
        return None

    def _change(self, seats: dict[str, Seat]) -> None:
        others = seats.keys() != self._seats.keys()
        self._seats = seats
        self._turn.notify_all()
        if others:
            self.follow({name: seat.plan for name, seat in seats.items()})
