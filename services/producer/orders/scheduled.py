"""Which pictures by the clock one camera still owes: each slot of a schedule once."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from libs.common.clock import Clock
from libs.common.events import event_id, in_frame
from libs.common.messages import Event, Frame, replace
from services.producer.orders.schedule import Schedule

KIND, TAG = "scheduled", "event"
REMEMBERED = 256


class Slot(NamedTuple):
    """One time (UTC s) of the schedule with this name."""

    name: str
    at_s: int


class Scheduled:
    """Slots that began before this did are not taken: another process may have done so a moment ago."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_s = clock.monotonic_s()
        self._schedules: tuple[Schedule, ...] = ()
        self._done: deque[Slot] = deque(maxlen=REMEMBERED)
        self._idle_s = -1
        """The second (UTC) in which nothing was due; it is asked for every picture."""

    def follow(self, schedules: Iterable[Schedule]) -> None:
        """These from now on; what was taken stays taken."""
        self._schedules, self._idle_s = tuple(schedules), -1

    def due(self) -> Slot | None:
        """The first that has no picture yet."""
        now_ns = self._clock.now_ns()
        if not self._schedules or now_ns // 1_000_000_000 == self._idle_s:
            return None
        for schedule in self._schedules:
            if (slot := self._slot(schedule, now_ns)) is not None:
                return slot
        self._idle_s = now_ns // 1_000_000_000
        return None

    def done(self, slot: Slot) -> None:
        """It has its picture."""
        self._done.append(slot)

    def _slot(self, schedule: Schedule, now_ns: int) -> Slot | None:
        if (at_s := schedule.slot(now_ns)) is None:
            return None
        # By the monotonic clock, so that a step of the other one hides no slot.
        if now_ns / 1e9 - at_s > self._clock.monotonic_s() - self._started_s:
            return None
        slot = Slot(schedule.name, at_s)
        return None if slot in self._done else slot


def marked(frame: Frame, slot: Slot) -> tuple[Frame, Event]:
    """The still with the name of its schedule, and what is told of it: the same slot has the same id for ever."""
    event = Event(
        id=event_id(frame.camera, "", KIND, slot.name, slot.at_s),
        camera=frame.camera,
        kind=KIND,
        at=frame.captured_at,
        frame_id=frame.frame_id,
        labels=(slot.name,),
        text=slot.name,
        data={"due_at": slot.at_s * 1_000_000_000},
    )
    tags = {**frame.tags, TAG: slot.name}
    return replace(frame, still=True, tags=tags, events=(*frame.events, in_frame(event))), event
