"""What a picture says about the lens before it: how bright it is, and which pattern it shows."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common.images import Image

Cells = NDArray[np.float32]
"""(ROWS, COLUMNS), the mean brightness of each cell, 0..255."""

COLUMNS, ROWS = 96, 72
TILES = 8
"""On each side: the pattern is compared tile by tile, and how many of them are known again is how much is in view."""

DARK_LEVEL = 40
"""Brightest cell of a picture behind a lens cap or tape, of 255; light leaks in at the edge."""

DARK_SPREAD = 2.0
"""Standard deviation of cells from which a dark picture shows something: an ordinary night."""

STRUCTURE = 1.0
"""Standard deviation of a tile's edges from which it has a pattern to be known again by: an empty wall has none."""

FEWEST_TILES = 8
"""With a pattern, of the 64: with fewer nobody can tell whether something else hangs before the lens."""

ALIKE = 0.3
"""Correlation of its edges from which a tile is known again."""

CONTRAST = 0.2
"""Contrast that a tile must have kept, compared with those that kept most: fog and night take it from all of them
alike, paint on the lens from those behind it.
"""

STILL = 0.1
"""Mean difference of two pictures' cells below which they are the same; the noise of a live camera makes more."""


@dataclass(frozen=True, slots=True)
class View:
    """One picture in cells."""

    cells: Cells

    @property
    def is_dark(self) -> bool:
        """Next to no light, and nothing to be seen in it."""
        return bool(self.cells.max() < DARK_LEVEL and self.cells.std() < DARK_SPREAD)

    def is_same_as(self, other: "View") -> bool:
        """No difference but that of coding the same picture twice."""
        return bool(np.abs(self.cells - other.cells).mean() < STILL)

    def in_view(self, usual: "View") -> float | None:
        """Share of the usual view's patterned tiles that are known again here, whatever the light; None: too few."""
        here, there = _edges(self.cells), _edges(usual.cells)
        patterned = there.std(axis=1) >= STRUCTURE
        if patterned.sum() < FEWEST_TILES:
            return None
        here, there = here[patterned], there[patterned]
        kept = (here * there).sum(axis=1) / (there**2).sum(axis=1)
        known = (_correlation(here, there) >= ALIKE) & (kept >= CONTRAST * np.percentile(kept, 90))
        return float(known.mean())

    def blended(self, newer: "View", weight: float) -> "View":
        """A running mean."""
        return View(self.cells + np.float32(weight) * (newer.cells - self.cells))


def view_of(image: Image) -> View:
    """Of an (H, W, 3) BGR image of any size."""
    small = cv2.resize(image, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return View(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32))


def _edges(cells: Cells) -> Cells:
    """(TILES * TILES, steps to the right and down of one): light and shade change brightness, edges stay."""
    right = np.diff(cells, axis=1, append=cells[:, -1:])
    down = np.diff(cells, axis=0, append=cells[-1:])
    return np.concatenate([_tiles(right), _tiles(down)], axis=1)


def _tiles(cells: Cells) -> Cells:
    """(TILES * TILES, cells of one)."""
    high, wide = ROWS // TILES, COLUMNS // TILES
    return cells.reshape(TILES, high, TILES, wide).swapaxes(1, 2).reshape(TILES * TILES, high * wide)


def _correlation(one: Cells, other: Cells) -> Cells:
    """Pearson's, for each tile; 0 where one of them is flat."""
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    power = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) / np.maximum(power, 1e-3), np.float32)
