"""Decoded pictures as full-range YUV planes: a detour through BGR costs time and colour twice."""

from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, VideoReformatter

from services.producer.pictures import full_range
from services.producer.pictures.full_range import Plane

PLANAR = ("yuv420p", "yuvj420p")


class Planes:
    """Of one camera: it keeps its memory from picture to picture."""

    def __init__(self) -> None:
        self._swscale = VideoReformatter()
        self._stretches = (full_range.luma(), full_range.chroma(), full_range.chroma())

    def of(self, frame: VideoFrame, width: int, height: int) -> tuple[Plane, Plane, Plane]:
        """4:2:0 in this size, as stored, not to be written to, and valid until the next call."""
        if (width, height) != (frame.width, frame.height) or frame.format.name not in PLANAR:
            frame = self._swscale.reformat(frame, width, height, "yuvj420p", dst_color_range="JPEG")
        y, u, v = (_array(plane) for plane in frame.planes)
        if frame.format.name == "yuvj420p" or frame.color_range == ColorRange.JPEG:
            return y, u, v
        stretch_y, stretch_u, stretch_v = self._stretches
        return stretch_y(y), stretch_u(u), stretch_v(v)


def _array(plane: VideoPlane) -> Plane:
    """The plane's own memory as (H, W); its rows may be longer."""
    return np.frombuffer(cast(Any, plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
