"""Cameras that send small pictures at their own pace, and know which frames the broker has acknowledged."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np

from libs.common import codec, images
from libs.common.bus import Place, partition_of
from libs.common.errors import TemporaryError
from libs.common.kafka_delivery import KafkaDelivery
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import CameraMessage, End, Frame

WIDTH, HEIGHT = 160, 112
END_WITHIN_S = 30.0


def noise(seed: int) -> bytes:
    """A JPEG that moves for every detector of motion: about 10 KB."""
    return images.encode(np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8))


@dataclass
class Feeder:
    """As a context manager: `fps` frames per second of each camera, and the end of each boot when it is left.

    It waits where the bus is full. `sent` are the frames handed over; see `acknowledged`.
    """

    bootstrap: str
    topic: str
    cameras: tuple[str, ...]
    fps: float = 10.0
    sent: list[tuple[str, KafkaDelivery]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._writer = KafkaWriter(KafkaSettings(self.bootstrap), "feeder")
        self._boots = {camera: secrets.token_hex(4) for camera in self.cameras}
        self._jpegs = [noise(seed) for seed in range(8)]
        self._partitions = self._asked()
        self._thread = threading.Thread(target=self._feed, name="feeder")
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        try:
            assert kind or self._writer.flush(END_WITHIN_S)
        finally:
            self._writer.close()

    def acknowledged(self) -> set[str]:
        """Ids of the frames that the broker has taken."""
        return {frame_id for frame_id, delivery in self.sent if delivery.done and delivery.error is None}

    def _asked(self) -> int:
        deadline_s = time.monotonic() + END_WITHIN_S
        while True:
            try:
                return self._writer.partitions(self.topic)
            except TemporaryError:
                assert time.monotonic() < deadline_s
                time.sleep(0.1)

    def _feed(self) -> None:
        seq, due_s = 0, time.monotonic()
        while not self._stop.wait(max(0.0, due_s - time.monotonic())):
            for camera in self.cameras:
                frame = self._frame(camera, seq)
                self.sent.append((frame.frame_id, self._send(frame)))
            seq, due_s = seq + 1, due_s + 1 / self.fps
            while self._writer.full() and not self._stop.is_set():
                self._writer.flush(0.1)
        for camera in self.cameras:
            self._send(End(camera=camera, boot=self._boots[camera], last_seq=seq - 1, reason="stopped"))

    def _frame(self, camera: str, seq: int) -> Frame:
        return Frame(
            camera=camera,
            boot=self._boots[camera],
            seq=seq,
            captured_at=time.time_ns(),
            width=WIDTH,
            height=HEIGHT,
            image=self._jpegs[seq % len(self._jpegs)],
            image_by="framebus",
        )

    def _send(self, message: CameraMessage) -> KafkaDelivery:
        place = Place(self.topic, partition_of(message.camera, self._partitions))
        return self._writer.send(place, message.camera.encode(), codec.encode(message))
