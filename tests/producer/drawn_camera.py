"""An RTSP camera of our own: what it shows, when, with which times, and how it breaks off is up to the test."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tests.producer.hostile_cameras import Behave, plays, rtp

RTP_HZ = 90_000
START_CODE = re.compile(b"\0\0\0?\1")

PROBATION = 3
"""FFmpeg does not take a source's first packets (RFC 3550, A.1): these say nothing."""

Step = tuple[float, float, bytes]
"""Seconds to wait before it, the stream's time in seconds, a coded picture (Annex B)."""


@lru_cache(maxsize=16)
def coded(count: int, width: int = 64, height: int = 48, fps: int = 10) -> tuple[bytes, ...]:
    """So many grey pictures in H.264 (Annex B), each lighter than the one before, each fourth a key frame."""
    container = av.open("/dev/null", "w", "h264")
    with container:
        stream = container.add_stream("libx264", fps, options={"tune": "zerolatency", "preset": "ultrafast", "g": "4"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        found: list[bytes] = []
        for number in range(count):
            planes = np.full((height * 3 // 2, width), 64 + number % 128, np.uint8)
            frame = VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts = number
            found += [bytes(packet) for packet in stream.encode(frame)]
        found += [bytes(packet) for packet in stream.encode(None)]
    return tuple(found)


def evenly(
    pictures: int, fps: int = 10, speed: float = 1.0, first_s: float = 0.0, size: tuple[int, int] = (64, 48)
) -> Iterator[Step]:
    """At their pace, or so many times as fast; 0: at once."""
    wait_s = 1 / fps / speed if speed else 0.0
    for number, picture in enumerate(coded(pictures, *size, fps)):
        yield wait_s if number else 0.0, first_s + number / fps, picture


def camera(steps: Callable[[], Iterator[Step]]) -> Behave:
    """For `hostile`: each visitor gets the pictures from the first on; at the end it closes."""

    def show(visitor: socket.socket) -> None:
        number = 0
        for number in range(PROBATION):
            visitor.sendall(rtp(b"\x09\xf0", number, 0))
        for wait_s, stamp_s, picture in steps():
            time.sleep(wait_s)
            units = [unit for unit in START_CODE.split(picture) if unit]
            for unit in units:
                number += 1
                visitor.sendall(rtp(unit, number, round(stamp_s * RTP_HZ), last=unit is units[-1]))
        visitor.shutdown(socket.SHUT_RDWR)

    return plays(show)
