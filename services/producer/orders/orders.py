"""What was asked of one camera: pictures on command and by the clock, and parts of its work that are paused."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from libs.common.clock import Clock
from libs.common.messages import Event, Frame, replace
from libs.common.pauses import PARTS, tag_of
from services.producer.orders.schedule import Schedule
from services.producer.orders.scheduled import Scheduled, marked
from services.producer.sources.shots import Wants

log = logging.getLogger(__name__)

TAG = "trigger"
MOST_OPEN = 16
LAPSE_S = 10.0
"""So long after its last picture was due an order waits for the camera."""
MOST_ASKED = 64
"""Pictures that a decoder is asked about before it gives the first of them; 16 at most."""


def no_count(reason: str) -> None:
    """Counts nothing."""


@dataclass(slots=True, eq=False)
class Order:
    """`frames` stills, the first one at once, the others spread over so many seconds."""

    id: str
    frames: int = 1
    seconds: float = 0.0
    placed_s: float = 0.0
    taken: int = 0

    def is_due(self, now_s: float) -> bool:
        return now_s >= self.placed_s + self.taken * self.seconds / self.frames

    def has_lapsed(self, now_s: float) -> bool:
        return now_s > self.placed_s + self.seconds + LAPSE_S


class Orders:
    """Placed by the thread that reads commands, carried out by the camera's own. They outlive its openings."""

    def __init__(self, camera: str, clock: Clock, count: Callable[[str], None] = no_count) -> None:
        """`count` is told what became of an order: done or lapsed."""
        self._camera, self._clock, self._count = camera, clock, count
        self._open: list[Order] = []
        self._lock = threading.Lock()
        self._beside: deque[float] = deque(maxlen=MOST_ASKED)
        self._scheduled = Scheduled(clock)
        self.paused: tuple[str, ...] = ()
        """Parts of the work, see libs/common/pauses.py."""
        self.newest: str | None = None
        """The id of the newest frame that was sent."""

    def follow(self, schedules: Iterable[Schedule]) -> None:
        """Pictures by these from now on."""
        self._scheduled.follow(schedules)

    def place(self, order: Order) -> bool:
        """False: too many are open."""
        with self._lock:
            if len(self._open) >= MOST_OPEN:
                return False
            order.placed_s = self._clock.monotonic_s()
            self._open.append(order)
            return True

    def pause(self, parts: Iterable[str], pause: bool = True) -> bool:
        """Or resume; False where nothing changes."""
        with self._lock:
            changed = set(self.paused) | set(parts) if pause else set(self.paused) - set(parts)
            before, self.paused = self.paused, tuple(part for part in PARTS if part in changed)
            return self.paused != before

    def lapse(self) -> None:
        """Called now and then: an order that the camera had no pictures for is over."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            lapsed = [order for order in self._open if order.has_lapsed(now_s)]
            self._open = [order for order in self._open if order not in lapsed]
        for order in lapsed:
            text = "%s: trigger %s has lapsed: %d of %d pictures within %g s"
            log.warning(text, self._camera, order.id, order.taken, order.frames, order.seconds + LAPSE_S)
            self._count("lapsed")

    def wanted(self) -> bool:
        """Whether the next picture is asked for, whatever the sampling says."""
        return self._due() is not None or self._scheduled.due() is not None

    def beside(self, sampled: Wants) -> Wants:
        """What the sampling of a new opening wants, and what is asked for beside it."""
        self._beside.clear()

        def wants(media_s: float) -> bool:
            if sampled(media_s):
                return True
            if self.wanted():
                self._beside.append(media_s)
                return True
            return False

        return wants

    def too_many(self, media_s: float) -> bool:
        """Whether this picture was wanted for an order alone, and another one came first: it is not sent."""
        if media_s not in self._beside:
            return False
        self._beside.remove(media_s)
        return not self.wanted()

    def filled(self, frame: Frame) -> Iterator[Frame | Event]:
        """The frame as it is to be sent: a still with its tags where it was asked for; and what is to be told of it.

        One picture is for one trigger and one schedule at most.
        """
        self.newest = frame.frame_id
        if tags := tag_of(self.paused):
            frame = replace(frame, tags=frame.tags | tags)
        if (order := self._taken()) is not None:
            frame = replace(frame, still=True, tags=frame.tags | {TAG: order.id})
        if (slot := self._scheduled.due()) is None:
            yield frame
            return
        self._scheduled.done(slot)
        yield from marked(frame, slot)

    def _due(self) -> Order | None:
        if not self._open:
            return None
        now_s = self._clock.monotonic_s()
        with self._lock:
            return next((order for order in self._open if order.is_due(now_s)), None)

    def _taken(self) -> Order | None:
        """The order that this picture is for."""
        if (order := self._due()) is None:
            return None
        order.taken += 1
        if order.taken == order.frames:
            with self._lock:
                self._open = [each for each in self._open if each is not order]
            self._count("done")
        return order
