"""Pictures as a model wants them: of its size, as planes of red, green and blue; and its boxes back on the picture.

Two ways to the size. `letterbox`, as YOLO models were trained: the whole picture as large as it fits, in the middle,
grey around it (`LetterBox` of ultralytics/data/augment.py). `stretch`, as DETR models were: the whole picture, its
sides scaled each for itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common.images import Image
from services.detector.picture import SCALES, Picture

Array = NDArray[np.floating]
GREY = 114
STRIDE = 32
"""A model whose size is not fixed takes multiples of so many pixels."""

MOST_SHAPES = 8
"""Canvases that are kept: one for each size of the cameras' pictures."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a canvas of `width` x `height` a picture lies, and how large."""

    width: int
    height: int
    left: int
    top: int
    wide: int
    high: int


def letterbox(size: tuple[int, int], canvas: tuple[int, int], is_fixed: bool = True) -> Place:
    """The place of a picture (width, height) on a canvas; one that is not fixed is cut down to multiples of STRIDE."""
    scale = min(canvas[0] / size[0], canvas[1] / size[1])
    wide, high = (max(1, round(side * scale)) for side in size)
    width, height = canvas if is_fixed else (-(-wide // STRIDE) * STRIDE, -(-high // STRIDE) * STRIDE)
    left, top = (max(0, round((all_of - part) / 2 - 0.1)) for all_of, part in ((width, wide), (height, high)))
    return Place(width, height, left, top, wide, high)


def stretch(size: tuple[int, int], canvas: tuple[int, int], is_fixed: bool = True) -> Place:
    """All of the canvas."""
    return Place(canvas[0], canvas[1], 0, 0, canvas[0], canvas[1])


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture on its canvas; `covered`: how much wider and higher than the picture its decoded pixels are, >= 1."""

    image: Image
    place: Place
    covered: tuple[float, float]

    def back(self, boxes: Array) -> Array:
        """(N, 4) left, top, right, bottom in pixels of the canvas, as 0..1 of the picture; may reach beyond."""
        place = self.place
        offset = np.array([place.left, place.top] * 2, boxes.dtype)
        size = np.array([place.wide / self.covered[0], place.high / self.covered[1]] * 2, boxes.dtype)
        return (boxes - offset) / size


@dataclass
class Canvases:
    """Fits pictures into one model's input. A canvas is used again: what `fit` gives holds until the next `fit`."""

    canvas: tuple[int, int]
    """Width and height; the most, where the size is not fixed."""
    is_fixed: bool = True
    is_stretched: bool = False
    _kept: dict[Place, Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Half a millisecond of work: threads would cost more than they save.
        cv2.setNumThreads(1)

    def fit(self, picture: Picture) -> Fitted:
        """Decodes as few pixels as will do. Raises PermanentError where the picture cannot be decoded."""
        width, height = picture.size
        place = (stretch if self.is_stretched else letterbox)(picture.size, self.canvas, self.is_fixed)
        image = picture.image(round(max(width, height) * max(place.wide / width, place.high / height)))
        canvas = self._canvas(place)
        part = canvas[place.top : place.top + place.high, place.left : place.left + place.wide]
        cv2.resize(image, (place.wide, place.high), dst=part, interpolation=cv2.INTER_LINEAR)
        return Fitted(canvas, place, _covered(picture.size, image))

    def _canvas(self, place: Place) -> Image:
        if place not in self._kept:
            if len(self._kept) >= MOST_SHAPES:
                self._kept.clear()
            self._kept[place] = np.full((place.height, place.width, 3), GREY, np.uint8)
        return self._kept[place]


def planes(image: Image, dtype: type[np.generic], mean: Sequence[float], scale: Sequence[float]) -> NDArray[np.generic]:
    """(1, 3, H, W) red, green, blue of an (H, W, 3) BGR image; (value - mean) * scale, each colour its own.

    For uint8 the bytes as they are.
    """
    blue, green, red = cv2.split(image)
    if dtype is np.uint8:
        return np.stack((red, green, blue))[None]
    made = np.empty((1, 3, *image.shape[:2]), np.float32)
    for plane, colour, zero, factor in zip(made[0], (red, green, blue), mean, scale, strict=True):
        np.multiply(colour, np.float32(factor), out=plane, dtype=np.float32)
        if zero:
            plane -= np.float32(zero * factor)
    return made.astype(dtype, copy=False)


def _covered(size: tuple[int, int], image: Image) -> tuple[float, float]:
    """The last column of a picture decoded at 1/8 stands for eight, though fewer may be left: it reaches too far."""
    height, width = image.shape[:2]
    scale = next(s for s in SCALES[::-1] if (-(-size[0] // s), -(-size[1] // s)) == (width, height))
    return width * scale / size[0], height * scale / size[1]
