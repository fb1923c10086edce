"""People as sprites: a checker of red and yellow, which no background has, and who of them can be seen in a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""

RED, YELLOW = (0, 0, 255), (0, 255, 255)
"""Far apart in brightness, and what a blur makes of them is orange: as colourful as they are."""
SQUARE = 12

LEAST_COLOUR = 60
"""Between the strongest and the weakest of a pixel's three colours; the background has at most half of it."""
LEAST_BRIGHTNESS = 140
"""The background is darker than that, so that a picture without colours hides nobody."""
LEAST_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Person:
    """`box` is the whole person, hidden parts and those outside the picture too; `visible` the share that is seen."""

    id: int
    box: PixelBox
    visible: float

    def scaled(self, factor: float) -> "Person":
        """The same in a picture of another size."""
        left, top, right, bottom = (round(edge * factor) for edge in self.box)
        return Person(self.id, (left, top, right, bottom), self.visible)


def sprite(width: int, height: int) -> Image:
    """The (height, width, 3) picture of a person."""
    rows, columns = np.mgrid[0:height, 0:width] // SQUARE
    return np.where(((rows + columns) % 2 == 0)[:, :, None], RED, YELLOW).astype(np.uint8)


def inside(box: PixelBox, width: int, height: int) -> tuple[slice, slice]:
    """The part of a box that lies in a picture of that size, as rows and columns."""
    left, top, right, bottom = box
    return slice(max(0, top), max(0, min(bottom, height))), slice(max(0, left), max(0, min(right, width)))


def uncovered(image: Image, people: Sequence[Person]) -> list[int]:
    """The ids of those of whom more than 3 % of what the camera saw can still be made out, sharp or blurred.

    Only a dark fill without colour covers. Who is hidden or outside cannot be uncovered.
    """
    return [person.id for person in people if _left(image, person) > LEAST_SHARE * _seen_pixels(person)]


def _seen_pixels(person: Person) -> float:
    left, top, right, bottom = person.box
    return person.visible * (right - left) * (bottom - top)


def _left(image: Image, person: Person) -> int:
    """Pixels of the person's box that are neither background nor covered."""
    if not person.visible:
        return 0
    part = image[inside(person.box, image.shape[1], image.shape[0])].astype(np.int16)
    if not part.size:
        return 0
    colour = part.max(axis=2) - part.min(axis=2)
    return int(((colour >= LEAST_COLOUR) | (part.mean(axis=2) >= LEAST_BRIGHTNESS)).sum())
