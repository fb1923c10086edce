"""Loading models in tests, and pictures with one white rectangle."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from libs.common import images
from libs.common.messages import Box, Frame
from libs.common.testing import frame
from services.detector.backends.onnx import Model, Onnx
from services.detector.picture import Picture


def loaded(path: Path, **more: Any) -> Onnx:
    """The backend with this file, whose hash is known; `more` as for `Model`."""
    return Onnx(Model(path, (sha256(path),), **{"device": "cpu", "threads": 1, **more}))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frame_of(image: np.ndarray[Any, Any]) -> Frame:
    height, width = image.shape[:2]
    return Frame(
        camera="porch",
        boot="00000001",
        seq=0,
        captured_at=0,
        width=width,
        height=height,
        image=images.encode(image, 95),
    )


def white_on_grey(width: int, height: int, box: Box) -> tuple[Picture, Box]:
    """A grey picture with a white rectangle of about this box, and the box in whole pixels, as 0..1."""
    x0, y0, x1, y1 = (round(edge * side) for edge, side in zip(box, (width, height) * 2, strict=True))
    image = np.full((height, width, 3), 114, np.uint8)
    image[y0:y1, x0:x1] = 255
    return Picture(frame_of(image)), (x0 / width, y0 / height, x1 / width, y1 / height)


def drawn() -> Picture:
    """Any picture."""
    return Picture(frame())
