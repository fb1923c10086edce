"""Writes what channels have to say on the bus: messages to a topic, commands to cameras."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Delivery, Place, Writer, partition_of
from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from libs.common.keyed import home_of, key_of
from libs.common.messages import Message, Notice, Trigger, replace
from libs.common.pauses import ALERTS

SENT_S = 5.0
"""Shorter than a stop may take: it is followed further at the next attempt."""
LOOK_S = 0.1
MOST = 100
"""So many that nobody asks for again are remembered."""


@dataclass
class Publisher:
    """Any thread may use it. `writer`: the one of a topic, asked for at its first message; raises FramebusError.

    `control`: the topic of commands, None: there is none. What was not taken in time stays on its way: published again,
    it is not sent twice. Topics do not wait for each other.
    """

    writer: Callable[[str], Writer]
    clock: Clock
    control: str | None = None
    within_s: float = SENT_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    """Of the two below; held for a moment only."""
    _busy: dict[str, threading.Lock] = field(default_factory=dict)
    """By topic: held while its writer is asked for."""
    _under_way: dict[tuple[str, bytes], Delivery] = field(default_factory=dict)

    def publish(self, topic: str, message: Message) -> None:
        """Returns when the bus has it. Raises TemporaryError if that is not so in time, PermanentError if refused."""
        name, until_s = (topic, codec.encode(_without_times(message))), time.monotonic() + self.within_s
        writer, delivery = self._begun(name, message)
        while not delivery.done and time.monotonic() < until_s:
            writer.flush(LOOK_S)
        if not delivery.done:
            self._remember(name, delivery)
            raise TemporaryError(f"topic {topic} has not taken it within {self.within_s:g} s")
        if delivery.error is not None:
            raise PermanentError(f"topic {topic} does not take it: {delivery.error}")

    def _begun(self, name: tuple[str, bytes], message: Message) -> tuple[Writer, Delivery]:
        topic, _ = name
        with self._lock:
            busy = self._busy.setdefault(topic, threading.Lock())
        if not busy.acquire(timeout=self.within_s):
            raise TemporaryError(f"topic {topic} is still waited for by others after {self.within_s:g} s")
        try:
            writer = self.writer(topic)
            with self._lock:
                delivery = self._under_way.pop(name, None)
            return writer, delivery or _sent(writer, topic, message)
        finally:
            busy.release()

    def _remember(self, name: tuple[str, bytes], delivery: Delivery) -> None:
        with self._lock:
            self._under_way[name] = delivery
            if len(self._under_way) > MOST:
                del self._under_way[next(iter(self._under_way))]

    def order(self, camera: str, pause: bool) -> None:
        """Have the alerts of a camera paused, or resumed: an order of its own each time. Raises as `publish`.

        TemporaryError: nobody knows. What is on its way may still be taken, and counts while it is fresh.
        """
        if self.control is None:
            raise PermanentError("--control none: nobody takes commands")
        action = "pause" if pause else "resume"
        trigger = Trigger(
            id=secrets.token_hex(8), camera=camera, action=action, at=self.clock.now_ns(), params={"what": ALERTS}
        )
        self.publish(self.control, trigger)


def _sent(writer: Writer, topic: str, message: Message) -> Delivery:
    key, home = key_of(message), home_of(message)
    partition = partition_of(home, writer.partitions(topic)) if home is not None else 0
    return writer.send(Place(topic, partition), key.encode() if key is not None else None, codec.encode(message))


def _without_times(message: Message) -> Message:
    """The same at each attempt."""
    return replace(message, noticed_at=0, sent_at=None) if isinstance(message, Notice) else message
