"""Video keeps brightness in 16..235 and colour differences in 16..240; JPEG uses 0..255 (ITU-R BT.601, JFIF 1.02)."""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


class Stretch:
    """Stretches planes from 16..`top` to 0..255: x + x * factor / 256 after the offset.

    It keeps its memory from picture to picture, because fresh pages cost several times the arithmetic.
    """

    def __init__(self, top: int, factor: int, rounding: int) -> None:
        self._top, self._factor, self._rounding = top, np.uint16(factor), np.uint16(rounding)
        self._wide = np.empty((0, 0), np.uint8)
        self._product = np.empty((0, 0), np.uint16)

    def __call__(self, plane: Plane) -> Plane:
        """The stretched plane, valid until the next call."""
        if self._wide.shape != plane.shape:
            self._wide, self._product = np.empty(plane.shape, np.uint8), np.empty(plane.shape, np.uint16)
        wide, product = self._wide, self._product
        np.clip(plane, 16, self._top, out=wide)
        wide -= 16
        np.multiply(wide, self._factor, out=product)
        product += self._rounding
        product >>= np.uint16(8)
        return np.add(wide, product, out=wide, casting="unsafe")


def luma() -> Stretch:
    """By 255/219, off by half a step at most."""
    return Stretch(235, factor=42, rounding=128)


def chroma() -> Stretch:
    """By 255/224, off by 1.2 steps at most; the neutral 128 stays."""
    return Stretch(240, factor=36, rounding=64)
