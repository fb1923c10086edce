"""The orders of all cameras of a process, and what is published of them beside the cameras' own messages."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from libs.common.clock import Clock
from libs.common.keyed import Gone
from libs.common.messages import Message, Status, replace
from services.producer.orders.orders import Orders, no_count

MOST_WAITING = 1000
HOLD_S = 10.0
"""What was paused before is not waited for any longer."""

PausedBefore = Callable[[str], tuple[str, ...] | None]


def nothing(camera: str) -> tuple[str, ...]:
    """No part of any camera."""
    return ()


class Desk:
    """`of` is called by the cameras' threads, `get`, `tell` and `lapse` by the one that reads commands, the rest by
    the one that publishes: only there it is known which status was told last.
    """

    def __init__(self, clock: Clock, count: Callable[[str], None] = no_count) -> None:
        """`count` is told what became of orders."""
        self._clock, self._count = clock, count
        self._paused_before: PausedBefore = nothing
        self._orders: dict[str, Orders] = {}
        self._lock = threading.Lock()
        self._waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self._told: dict[str, Status] = {}
        self._unknown: dict[str, float] = {}
        """Cameras of which nobody knows yet what was paused, until when that is waited for: they tell no status."""
        self._held: set[str] = set()
        """Cameras with a status that was not told for that reason."""

    def remember(self, paused_before: PausedBefore) -> None:
        """Which parts of a camera were paused when it was told of last; None: not known yet."""
        self._paused_before = paused_before

    def of(self, camera: str) -> Orders:
        """Those of a camera that begins; what was asked of it before a change of its plan still holds."""
        with self._lock:
            if camera not in self._orders:
                self._orders[camera] = Orders(camera, self._clock, self._count)
                self._unknown[camera] = self._clock.monotonic_s() + HOLD_S
            self._ask(camera)
            return self._orders[camera]

    def get(self, camera: str) -> Orders | None:
        """None for a camera of others."""
        return self._orders.get(camera)

    def lapse(self) -> None:
        """Called a few times a second."""
        with self._lock:
            every = list(self._orders.values())
        for orders in every:
            orders.lapse()

    def tell(self, message: Message) -> None:
        """Publish it soon; of too many the oldest is lost."""
        self._waiting.append(message)

    def news(self) -> Iterator[Message]:
        """What was told, and every status that no longer says what is paused."""
        while self._waiting:
            yield self._waiting.popleft()
        with self._lock:
            for camera in list(self._unknown):
                self._ask(camera)
        for camera, told in list(self._told.items()):
            status = self._with_paused(told)
            if camera not in self._unknown and (camera in self._held or status is not told):
                self._held.discard(camera)
                self._told[camera] = status
                yield status

    def completed(self, messages: Iterable[Message]) -> Iterator[Message]:
        """The cameras' messages, each status with what is paused."""
        for message in messages:
            if isinstance(message, Status):
                message = self._told[message.camera] = self._with_paused(message)
                if message.camera in self._unknown:
                    self._held.add(message.camera)
                    continue
                self._held.discard(message.camera)
            elif isinstance(message, Gone):
                self._told.pop(message.key, None)
                self._held.discard(message.key)
                with self._lock:
                    self._orders.pop(message.key, None)
                    self._unknown.pop(message.key, None)
            yield message
        yield from (self._told[camera] for camera in self._held)

    def _ask(self, camera: str) -> None:
        """What was paused of it before, if that is not known yet; called with the lock."""
        if (until_s := self._unknown.get(camera)) is None:
            return
        paused = self._paused_before(camera)
        if paused is not None or self._clock.monotonic_s() >= until_s:
            self._orders[camera].pause(paused or ())
            del self._unknown[camera]

    def _with_paused(self, status: Status) -> Status:
        orders = self._orders.get(status.camera)
        paused = orders.paused if orders else ()
        return status if status.paused == paused else replace(status, paused=paused)
