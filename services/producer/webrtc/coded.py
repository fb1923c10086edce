"""Decodes the pictures of a peer, none larger than it may be."""

import re
from fractions import Fraction
from typing import cast

import av
from av.codec import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from services.producer.sources.shots import SourceError
from services.producer.webrtc.limits import MaxSize
from services.producer.webrtc.stream import Coded

DECODERS = {"H264": "h264", "VP8": "vp8"}
NAL = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)
NAL_IDR, NAL_PARAMETERS = 5, 7
VP8_START = b"\x9d\x01\x2a"
TIME_BASE = Fraction(1, 90_000)
TOO_LARGE = "no video"
"""As it is told: none that is taken."""


def is_key(codec: str, data: bytes) -> bool:
    """Whether decoding can begin here (H.264 annex B; RFC 6386, section 9.1)."""
    if codec == "VP8":
        return len(data) >= 10 and not data[0] & 1 and data[3:6] == VP8_START
    return any(nal[0] & 31 in (NAL_IDR, NAL_PARAMETERS) for nal in NAL.findall(data))


class Decoder:
    """Of one stream, on one thread."""

    def __init__(self, codec: str, limit: MaxSize) -> None:
        self._codec, self._limit = codec, limit
        self._context = cast(VideoCodecContext, CodecContext.create(DECODERS[codec], "r"))
        self._context.thread_count = 1
        self._context.options = {"max_pixels": str(limit.pixels + 2 * 1280 * 64)}
        if codec == "H264":
            self._context.flags |= av.codec.context.Flags.low_delay

    def decode(self, picture: Coded) -> list[VideoFrame]:
        """Raises SourceError for a picture that is too large, FFmpegError for one that is damaged."""
        if self._codec == "VP8" and picture.key:
            self._check(*(int.from_bytes(picture.data[at : at + 2], "little") & 0x3FFF for at in (6, 8)))
        packet = Packet(picture.data)
        packet.pts, packet.time_base = round((picture.stamp_s or 0) * 90_000), TIME_BASE
        try:
            frames = self._context.decode(packet)
        except av.error.FFmpegError:
            self._check(self._context.width, self._context.height)
            raise
        for frame in frames:
            self._check(frame.width, frame.height)
        return frames

    def _check(self, width: int, height: int) -> None:
        if width * height > self._limit.pixels:
            raise SourceError(f"pictures of {width}x{height}, expected at most {self._limit}: --max-size", TOO_LARGE)
