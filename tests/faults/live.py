"""A live camera of our own: the real runner of sources, with a picture that is too much for a narrow network."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from libs.common import images
from libs.common.clock import SystemClock
from libs.common.health import Health
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.source_runner import SourceRunner

WIDTH, HEIGHT = 320, 240


@dataclass
class LiveCamera:
    """As a context manager: about 50 KB `fps` times a second; what finds `window_bytes` used up is dropped."""

    bootstrap: str
    topic: str
    fps: float
    window_bytes: int

    def __enter__(self) -> Self:
        self.metrics, self.stop, clock = Metrics(), threading.Event(), SystemClock()
        self.writer = KafkaWriter(KafkaSettings(self.bootstrap), "live", self.window_bytes)
        publisher = Publisher(self.writer, self.topic, "producer", "live", clock, self.metrics)
        health = Health("producer", {}, clock, self.metrics)
        runner = SourceRunner(self._frames(), True, publisher, clock, self.metrics, health, self.stop)
        self.most_bytes, self.captured = 0, 0
        self._thread = threading.Thread(target=runner.run, name="live")
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop.set()
        self._thread.join()
        self.writer.close()

    def dropped(self) -> int:
        """Frames that the bus had no room for."""
        return int(self.metrics.values().get("framebus_skipped_total{bus-full}", 0))

    def _frames(self) -> Iterator[Frame]:
        noise = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
        jpeg, seq = images.encode(noise), 0
        while not self.stop.wait(1 / self.fps):
            self.most_bytes = max(self.most_bytes, self.writer.window_used_bytes)
            self.captured = seq + 1
            yield Frame(
                camera="live",
                boot="0000000a",
                seq=seq,
                captured_at=time.time_ns(),
                width=WIDTH,
                height=HEIGHT,
                image=jpeg,
                image_by="framebus",
            )
            seq += 1
