"""Draws boxes and areas with captions onto pictures, so that they can be read on dark and bright ones alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common.images import Image
from libs.common.messages import Box
from libs.common.polygons import Point

Colour = tuple[int, int, int]
"""Blue, green, red."""

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
GREEN: Colour = (90, 230, 90)
YELLOW: Colour = (60, 220, 255)
CYAN: Colour = (255, 220, 60)
RED: Colour = (110, 110, 255)
"""All of them bright: each stands on black, as a line between black edges or as a letter."""

FONT = cv2.FONT_HERSHEY_SIMPLEX
TEXT_SHARE = 0.0006
"""Size of letters for each pixel of the longer side; 22 pixels high at 1280."""

LINE_SHARE = 0.002
"""Width of lines, likewise; at least 2 pixels, with a black edge on either side."""

SMALLEST_TEXT = 0.35
STEPS = tuple(sorted(range(-12, 13), key=lambda step: -step if step <= 0 else 2 * step))
"""Half heights of a caption, in the order in which a free place is looked for: near, and rather up than down."""


@dataclass(frozen=True)
class Mark:
    """A box in 0..1 of the picture. Letters beyond ASCII are drawn as question marks."""

    box: Box
    caption: str = ""
    colour: Colour = CYAN


@dataclass(frozen=True)
class Shape:
    """Points in 0..1: a polygon, or a line where it is not `closed`; what is `shaded` is made darker."""

    points: Sequence[Point]
    caption: str = ""
    colour: Colour = GREEN
    closed: bool = True
    shaded: bool = False


def draw(image: Image, marks: Iterable[Mark] = (), shapes: Iterable[Shape] = ()) -> Image:
    """A copy of a (H, W, 3) BGR image with all that on it; captions keep clear of each other where there is room."""
    sheet = _Sheet(image)
    marks, shapes = list(marks), list(shapes)
    for shape in shapes:
        sheet.outline(shape.points, shape.colour, shape.closed, shape.shaded)
    for mark in marks:
        sheet.box(mark.box, mark.colour)
    for shape in shapes:
        sheet.caption_inside(shape.caption, shape.points, shape.colour)
    for mark in marks:
        sheet.caption_above(mark.caption, mark.box, mark.colour)
    return sheet.image


def decode_any(picture: bytes) -> Image | None:
    """The upright (H, W, 3) BGR image of a JPEG, PNG or whatever OpenCV knows; None where it knows it not."""
    try:
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else image.astype(np.uint8, copy=False)


class _Sheet:
    """A picture that is drawn on; remembers where captions are."""

    def __init__(self, image: Image) -> None:
        self.image = image.copy()
        self._height, self._width = image.shape[:2]
        longer = max(self._width, self._height)
        self._scale = max(SMALLEST_TEXT, TEXT_SHARE * longer)
        self._line = max(2, round(LINE_SHARE * longer))
        self._pen = max(1, round(2 * self._scale))
        self._taken: list[tuple[int, int, int, int]] = []

    def outline(self, points: Sequence[Point], colour: Colour, closed: bool = True, shaded: bool = False) -> None:
        if shaded:
            self.image[self._filled(points) == 1] //= 2
        cv2.polylines(self.image, [self._pixels(points)], closed, BLACK, 2 * self._line + 2, cv2.LINE_AA)
        cv2.polylines(self.image, [self._pixels(points)], closed, colour, self._line, cv2.LINE_AA)

    def box(self, box: Box, colour: Colour) -> None:
        corners = self._pixels([box[:2], box[2:]]).tolist()
        cv2.rectangle(self.image, corners[0], corners[1], BLACK, 2 * self._line + 2)
        cv2.rectangle(self.image, corners[0], corners[1], colour, self._line)

    def caption_above(self, text: str, box: Box, colour: Colour) -> None:
        """From the left edge of a box on."""
        wide, high = self._size(text)
        left, top = self._pixels([box[:2]])[0].tolist()
        self._write(text, left, top - high, wide, high, colour)

    def caption_inside(self, text: str, points: Sequence[Point], colour: Colour) -> None:
        """Around the point that is farthest from all edges."""
        wide, high = self._size(text)
        depth = cv2.distanceTransform(cv2.copyMakeBorder(self._filled(points), 1, 1, 1, 1, 0), cv2.DIST_L2, 3)
        deepest = np.argwhere(depth >= 0.99 * depth.max())
        row, column = deepest[len(deepest) // 2].tolist()
        self._write(text, column - 1 - wide // 2, row - 1 - high // 2, wide, high, colour)

    def _pixels(self, points: Sequence[Point]) -> NDArray[np.int32]:
        pixels: NDArray[np.int32] = np.rint(np.array(points) * (self._width - 1, self._height - 1)).astype(np.int32)
        return pixels

    def _filled(self, points: Sequence[Point]) -> Image:
        """(H, W) uint8, 1 inside and on the edges."""
        inside = np.zeros((self._height, self._width), np.uint8)
        cv2.fillPoly(inside, [self._pixels(points)], 1)
        return inside

    def _size(self, text: str) -> tuple[int, int]:
        """Width and height of a caption with its margin."""
        (wide, high), below = cv2.getTextSize(text, FONT, self._scale, self._pen)
        return wide + below, high + 2 * below

    def _write(self, text: str, left: int, top: int, wide: int, high: int, colour: Colour) -> None:
        if not text:
            return
        left, top = self._free(max(0, min(left, self._width - wide)), top, wide, high)
        self._taken.append((left, top, left + wide, top + high))
        below = cv2.getTextSize(text, FONT, self._scale, self._pen)[1]
        cv2.rectangle(self.image, (left, top), (left + wide, top + high), BLACK, cv2.FILLED)
        written = left + below // 2, top + high - below
        cv2.putText(self.image, text, written, FONT, self._scale, colour, self._pen, cv2.LINE_AA)

    def _free(self, left: int, top: int, wide: int, high: int) -> tuple[int, int]:
        """A place inside the picture that no caption has; the wanted one in a crowd."""
        lowest = max(0, self._height - high)
        top = max(0, min(top, lowest))
        places = (top + step * (high // 2 + 1) for step in STEPS)
        for place in (place for place in places if 0 <= place <= lowest):
            if not any(
                left < right and x < left + wide and place < bottom and y < place + high
                for x, y, right, bottom in self._taken
            ):
                return left, place
        return left, top
