"""Cameras that see somebody again and again, and know which events the broker has acknowledged."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_delivery import KafkaDelivery
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Event

CAMERAS = ("door", "gate", "hall", "lane", "porch")
END_WITHIN_S = 60.0


@dataclass
class Ringer:
    """As a context manager: `per_s` events a second, one camera after the other; with `most`, so many and no more.

    It pauses while `enough` says so: who is told is slower on a busy machine.
    """

    bootstrap: str
    topic: str
    per_s: float
    cameras: tuple[str, ...] = CAMERAS
    most: int | None = None
    enough: Callable[[], bool] = lambda: False
    sent: list[tuple[Event, KafkaDelivery]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._writer = KafkaWriter(KafkaSettings(self.bootstrap), "ringer")
        self._partitions = self._writer.partitions(self.topic)
        self._thread = threading.Thread(target=self._ring, name="ringer")
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        try:
            assert kind or self._writer.flush(END_WITHIN_S)
        finally:
            self._writer.close()

    def until_done(self, within_s: float) -> None:
        """Wait for the last of `most`."""
        self._thread.join(within_s)
        assert not self._thread.is_alive()

    def acknowledged(self) -> list[Event]:
        """The events that the broker has taken."""
        return [event for event, delivery in self.sent if delivery.done and delivery.error is None]

    def _ring(self) -> None:
        due_s = time.monotonic()
        while self.most is None or len(self.sent) < self.most:
            if self._stop.wait(max(0.0, due_s - time.monotonic())):
                return
            due_s = max(due_s + 1 / self.per_s, time.monotonic() - 1)
            if self.enough():
                continue
            event = self._event(len(self.sent))
            place = Place(self.topic, partition_of(event.camera, self._partitions))
            self.sent.append((event, self._writer.send(place, event.camera.encode(), codec.encode(event))))

    def _event(self, number: int) -> Event:
        camera = self.cameras[number % len(self.cameras)]
        return Event(id=f"{number:08d}", camera=camera, kind="detection.started", at=time.time_ns(), labels=("person",))
