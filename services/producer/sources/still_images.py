"""Decodes one whole picture of a few formats that are no video, with FFmpeg's decoders alone: nothing is opened."""

import re
from typing import cast

import av
from av.codec import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from libs.common.jpeg_header import MAX_PIXELS

_FORMATS = re.compile(rb"(?P<png>\x89PNG\r\n\x1a\n)|(?P<bmp>BM)|(?P<webp>RIFF....WEBP)", re.DOTALL)


def is_decodable(data: bytes) -> bool:
    """True if it begins like PNG, BMP or WebP."""
    return _FORMATS.match(data) is not None


def decode(data: bytes) -> VideoFrame | None:
    """The picture; None where it is of no such format, damaged, cut off or has more than MAX_PIXELS."""
    found = _FORMATS.match(data)
    if found is None or not found.lastgroup:
        return None
    context = cast(VideoCodecContext, CodecContext.create(found.lastgroup, "r"))
    context.thread_count = 1
    context.options = {"max_pixels": str(MAX_PIXELS), "err_detect": "explode"}
    try:
        frames = [*context.decode(Packet(data)), *context.decode(None)]
    except av.error.FFmpegError:
        return None
    return frames[0] if len(frames) == 1 and not frames[0].is_corrupt else None
