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
class Post:
    """Any thread may use it. `writer`: the one of a topic, asked for at its first message; raises FramebusError.

    `control`: the topic of commands, None: there is none. What was not taken in time stays on its way: tried again, it
    is not sent twice.
    """

    writer: Callable[[str], Writer]
    clock: Clock
    control: str | None = None
    within_s: float = SENT_S
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _under_way: dict[tuple[str, bytes], Delivery] = field(default_factory=dict)

    def publish(self, topic: str, message: Message) -> None:
        """Returns when the bus has it. Raises TemporaryError if that is not so in time, PermanentError if refused."""
        name = topic, codec.encode(_without_times(message))
        with self._lock:
            writer = self.writer(topic)
            delivery = self._under_way.pop(name, None) or _sent(writer, topic, message)
        until_s = time.monotonic() + self.within_s
        while not delivery.done and time.monotonic() < until_s:
            writer.flush(LOOK_S)
        if not delivery.done:
            self._remember(name, delivery)
            raise TemporaryError(f"topic {topic} has not taken it within {self.within_s:g} s")
        if delivery.error is not None:
            raise PermanentError(f"topic {topic} does not take it: {delivery.error}")

    def _remember(self, name: tuple[str, bytes], delivery: Delivery) -> None:
        with self._lock:
            self._under_way[name] = delivery
            if len(self._under_way) > MOST:
                del self._under_way[next(iter(self._under_way))]

    def order(self, camera: str, pause: bool) -> None:
        """Have the alerts of a camera paused, or resumed. Raises as `publish`."""
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
