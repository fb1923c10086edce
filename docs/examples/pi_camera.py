"""A Raspberry Pi's camera (libcamera) as a source: framebus producer --plugin pi_camera:pictures -n porch

It needs Debian's package python3-picamera2, so an environment made with --system-site-packages. The JPEGs come from
the Pi's own encoder (in hardware up to the Pi 4) and are passed on as they are.
"""

import io
import queue
from collections.abc import Iterator

from picamera2 import Picamera2
from picamera2.encoders import MJPEGEncoder
from picamera2.outputs import FileOutput

SIZE, FPS = (1280, 720), 10


class Newest(io.BufferedIOBase):
    """Where the encoder writes: one whole JPEG each time. What nobody has taken yet makes room for the next."""

    def __init__(self) -> None:
        self.pictures: queue.Queue[bytes] = queue.Queue(maxsize=2)

    def write(self, jpeg: bytes) -> int:
        if self.pictures.full():
            self.pictures.get()
        self.pictures.put(bytes(jpeg))
        return len(jpeg)


def pictures(camera: str) -> Iterator[bytes | None]:
    """JPEGs until it is closed; None where the camera gave none for a second."""
    newest = Newest()
    with Picamera2() as pi:
        pi.configure(pi.create_video_configuration(main={"size": SIZE}, controls={"FrameRate": FPS}))
        pi.start_recording(MJPEGEncoder(), FileOutput(newest))
        try:
            while True:
                try:
                    yield newest.pictures.get(timeout=1)
                except queue.Empty:
                    yield None
        finally:
            pi.stop_recording()
