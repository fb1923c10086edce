"""When a picture was taken by the camera's own clock, which RTSP cameras tell in their RTCP sender reports."""

import struct
from fractions import Fraction
from typing import Literal

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

PRODUCER_TIME: Literal["prft"] = "prft"
"""FFmpeg's AVProducerReferenceTime: int64 microseconds since 1970 (UTC), int flags."""


class ReferenceTime:
    """How the times of one stream lie to its camera's clock, by the newest packet that says it."""

    def __init__(self) -> None:
        self._ahead_us: int | None = None

    def hear(self, packet: "Packet[VideoStream]") -> None:
        """To be told of every packet before it is decoded."""
        if packet.pts is not None and packet.has_sidedata(PRODUCER_TIME):
            (wall_us,) = struct.unpack_from("=q", packet.get_sidedata(PRODUCER_TIME))
            self._ahead_us = wall_us - _us(packet.pts, packet.time_base)

    def of(self, frame: "VideoFrame | Packet[VideoStream]") -> int | None:
        """UTC ns; None where nothing is known."""
        if self._ahead_us is None or frame.pts is None or frame.time_base is None:
            return None
        return (_us(frame.pts, frame.time_base) + self._ahead_us) * 1000


def _us(pts: int, time_base: Fraction) -> int:
    return pts * 1_000_000 * time_base.numerator // time_base.denominator
