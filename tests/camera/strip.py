"""A strip of black and white cells at the top of a picture, which says what picture it is whatever was done to it.

JPEG, H.264, half the size, black boxes below it. Not a detector of motion, which sees it flicker and has it covered.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

COLUMNS = 40
"""Cells across a picture: 16 pixels each at a width of 640. Two cells are left out on either side."""
ROWS = 3
BITS = 32
"""Of one row, between a black and a white cell on its left and a white and a black one on its right."""

BLACK, WHITE = 16, 235
LEAST_CONTRAST = 40
"""Between the known white and the known black cells; below it there is no strip."""

INSIDE = np.array([0.35, 0.45, 0.55, 0.65])
"""Where a cell is looked at, as parts of its side: away from its edges, which JPEG and resizing wash out."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a strip says: camera 0..255, boot of 32 bits, seq of 24 bits."""

    camera: int
    boot: int
    seq: int

    @property
    def frame_id(self) -> str:
        """The frame_id of the message that first carried this picture."""
        return f"{camera_name(self.camera)}/{self.boot:08x}/{self.seq}"


def camera_name(number: int) -> str:
    return f"cam{number}"


def band(width: int) -> int:
    """Height in pixels of what the strip takes at the top of a picture of this width."""
    return -(-ROWS * width // COLUMNS)


def write(image: Image, stamp: Stamp) -> None:
    """Draw it into the (H, W, 3) image. Raises OverflowError for a number that is too large for its field."""
    shades = np.where(_cells(stamp), WHITE, BLACK).astype(np.uint8)
    width = image.shape[1]
    rows = np.arange(band(width)) * COLUMNS // width
    columns = np.arange(width) * COLUMNS // width
    image[: len(rows)] = shades[rows][:, columns, None]


def read(image: Image) -> Stamp | None:
    """What the strip in a (H, W, 3) image of any size says; None where it is not whole."""
    height, width, _ = image.shape
    if band(width) > height:
        return None
    seen = _brightness(image)
    black = seen[:, [2, -3]].mean(axis=1)
    white = seen[:, [3, -4]].mean(axis=1)
    if (white - black).min() < LEAST_CONTRAST:
        return None
    bits = seen[:, 4:-4] > ((black + white) / 2)[:, None]
    return _checked(np.packbits(bits).tobytes())


def _cells(stamp: Stamp) -> NDArray[np.bool_]:
    """(ROWS, COLUMNS), True for white."""
    said = stamp.camera.to_bytes(1, "big") + stamp.boot.to_bytes(4, "big") + stamp.seq.to_bytes(3, "big")
    whole = said + zlib.crc32(said).to_bytes(4, "big")
    cells = np.zeros((ROWS, COLUMNS), np.bool_)
    cells[:, 4:-4] = np.unpackbits(np.frombuffer(whole, np.uint8)).reshape(ROWS, BITS)
    cells[:, [3, -4]] = True
    return cells


def _brightness(image: Image) -> NDArray[np.float64]:
    """(ROWS, COLUMNS): the mean of sixteen points around the centre of each cell."""
    cell = image.shape[1] / COLUMNS
    rows, columns = (((np.arange(count)[:, None] + INSIDE) * cell).astype(np.intp).ravel() for count in (ROWS, COLUMNS))
    points = image[rows[:, None], columns].mean(axis=2)
    return np.asarray(points.reshape(ROWS, len(INSIDE), COLUMNS, len(INSIDE)).mean(axis=(1, 3)))


def _checked(whole: bytes) -> Stamp | None:
    said, checksum = whole[:8], int.from_bytes(whole[8:], "big")
    if zlib.crc32(said) != checksum:
        return None
    return Stamp(said[0], int.from_bytes(said[1:5], "big"), int.from_bytes(said[5:], "big"))
