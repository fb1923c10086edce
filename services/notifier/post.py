"""Writes what channels have to say on the bus: messages to a topic, commands to cameras."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Place, Writer, partition_of
from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from libs.common.keyed import home_of, key_of
from libs.common.messages import Message, Trigger
from libs.common.pauses import ALERTS

SENT_S = 10.0
LOOK_S = 0.1


@dataclass
class Post:
    """Any thread may use it. `writer`: the one to use, asked for at the first message; raises FramebusError.

    `control`: the topic of commands, None: there is none.
    """

    writer: Callable[[], Writer]
    clock: Clock
    control: str | None = None
    within_s: float = SENT_S
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, topic: str, message: Message) -> None:
        """Returns when the bus has it. Raises TemporaryError if that is not so in time, PermanentError if refused."""
        with self._lock:
            writer = self.writer()
            key, home = key_of(message), home_of(message)
            partition = partition_of(home, writer.partitions(topic)) if home is not None else 0
            delivery = writer.send(
                Place(topic, partition), key.encode() if key is not None else None, codec.encode(message)
            )
        until_s = time.monotonic() + self.within_s
        while not delivery.done and time.monotonic() < until_s:
            writer.flush(LOOK_S)
        if not delivery.done:
            raise TemporaryError(f"topic {topic} has not taken it within {self.within_s:g} s")
        if delivery.error is not None:
            raise PermanentError(f"topic {topic} does not take it: {delivery.error}")

    def order(self, camera: str, pause: bool) -> None:
        """Have the alerts of a camera paused, or resumed. Raises as `publish`."""
        if self.control is None:
            raise PermanentError("--control none: nobody takes commands")
        action = "pause" if pause else "resume"
        trigger = Trigger(
            id=secrets.token_hex(8), camera=camera, action=action, at=self.clock.now_ns(), params={"what": ALERTS}
        )
        self.publish(self.control, trigger)
