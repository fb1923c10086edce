"""Decoded pictures become JPEG by way of their YUV planes: a detour through BGR costs time and colour twice."""

import logging
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, VideoReformatter

from libs.common.images import encode_bands, read_header
from libs.common.messages import MAX_JPEG_BYTES
from services.producer import full_range
from services.producer.full_range import Plane
from services.producer.resize import Resize

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, upright, with its size in pixels. `by`: who coded it, framebus or foreign."""

    jpeg: bytes
    width: int
    height: int
    by: str = "framebus"


class PictureEncoder:
    """Makes the JPEG of a decoded picture: turned upright, resized, full-range 4:2:0, in bands for the redactor."""

    def __init__(self, quality: int, resize: Resize | None = None) -> None:
        """`quality`: 1..100 of libjpeg."""
        self._qualities = (quality, max(1, quality // 2))
        self._resize = resize
        self._swscale = VideoReformatter()
        self._stretches = (full_range.luma(), full_range.chroma(), full_range.chroma())

    def encode(self, picture: VideoFrame | bytes) -> Picture | None:
        """None if even a coarser JPEG is larger than a message may carry."""
        return _as_it_came(picture) if isinstance(picture, bytes) else self._coded(picture)

    def _coded(self, frame: VideoFrame) -> Picture | None:
        y, u, v = (_turned(plane, frame.rotation) for plane in self._planes(frame))
        height, width = y.shape
        for quality in self._qualities:
            jpeg = encode_bands(y, u, v, quality)
            if len(jpeg) <= MAX_JPEG_BYTES:
                return Picture(jpeg, width, height)
        log.warning("a picture of %dx%d is too large for a message at quality %d", width, height, quality)
        return None

    def _planes(self, frame: VideoFrame) -> tuple[Plane, Plane, Plane]:
        """The full-range planes of the picture in its sent size, not yet turned."""
        width, height = self._size(frame)
        if (width, height) != (frame.width, frame.height) or frame.format.name not in ("yuv420p", "yuvj420p"):
            frame = self._swscale.reformat(frame, width, height, "yuvj420p", dst_color_range="JPEG")
        y, u, v = (_array(plane) for plane in frame.planes)
        if frame.format.name == "yuvj420p" or frame.color_range == ColorRange.JPEG:
            return y, u, v
        stretch_y, stretch_u, stretch_v = self._stretches
        return stretch_y(y), stretch_u(u), stretch_v(v)

    def _size(self, frame: VideoFrame) -> tuple[int, int]:
        width, height = frame.width, frame.height
        if self._resize is None:
            return width, height
        if frame.rotation % 180:
            height, width = self._resize.of(height, width)
            return width, height
        return self._resize.of(width, height)


def _as_it_came(jpeg: bytes) -> Picture | None:
    info = read_header(jpeg)
    return Picture(jpeg, info.width, info.height, by="foreign") if len(jpeg) <= MAX_JPEG_BYTES else None


def _array(plane: VideoPlane) -> Plane:
    """The plane's own memory as (H, W); its rows may be longer."""
    return np.frombuffer(cast(Any, plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]


def _turned(plane: Plane, rotation: int) -> Plane:
    """Turned counter-clockwise by the angle of FFmpeg's display matrix, in quarter turns."""
    quarters = round(rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(plane, quarters)) if quarters else plane
