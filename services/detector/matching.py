"""Which of the boxes found is which of those known: how well each two fit, and who goes with whom."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libs.common.messages import Box

LEAST_OVERLAP = 0.1
"""Intersection over union from which two boxes fit by overlapping; below it they are compared by distance."""

Numbers = NDArray[np.float64]


MISSED = 0.1
"""What a fit is worth less with somebody who was missing at the last look: who just hid behind another does not take
the other's place. In drawn crossings with noisy boxes it makes a third fewer mistakes; the best sum of all fits
(Hungarian algorithm) instead of the best fit first makes as many.
"""


class Known(NamedTuple):
    """Where something is expected, how far off it may be (in sizes of its box), and whether it was missed last."""

    box: Box
    reach: float
    missed: bool


def matched(known: Sequence[Known], found: Sequence[Box]) -> list[tuple[int, int]]:
    """Indices (known, found) of those that belong together, the best fit first (greedy), each at most once."""
    boxes, reaches, missed = zip(*known, strict=True)
    fits = _fits(np.array(boxes, float), np.array(found, float), np.array(reaches, float))
    fits -= MISSED * np.array(missed, float)[:, None] * (fits > MISSED)
    rows, columns = np.nonzero(fits > 0)
    order = np.argsort(-fits[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    left_known, left_found = set(range(len(known))), set(range(len(found)))
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row in left_known and column in left_found:
            left_known.discard(row)
            left_found.discard(column)
            pairs.append((row, column))
    return pairs


def _fits(known: Numbers, found: Numbers, reaches: Numbers) -> Numbers:
    """(known, found): 1 to 2 where they overlap, 0 to 1 where one is in reach of the other, 0 or less where neither."""
    one, other = known.T[:, :, None], found.T[:, None, :]
    sizes = one[2:] - one[:2], other[2:] - other[:2]
    overlaps = _overlaps(one, other, sizes)
    near = 1 - _distances(one, other, sizes) / np.maximum(reaches, 1e-9)[:, None]
    fits: Numbers = np.where(overlaps >= LEAST_OVERLAP, 1 + overlaps, near)
    return fits


def _overlaps(one: Numbers, other: Numbers, sizes: tuple[Numbers, Numbers]) -> Numbers:
    """Intersection over union; boxes are (left, top, right, bottom) in the first axis, sizes (width, height)."""
    width, height = np.maximum(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0)
    shared = width * height
    (w1, h1), (w2, h2) = sizes
    overlaps: Numbers = shared / np.maximum(w1 * h1 + w2 * h2 - shared, 1e-12)
    return overlaps


def _distances(one: Numbers, other: Numbers, sizes: tuple[Numbers, Numbers]) -> Numbers:
    """How far the middle of the bottom is off, in sizes of the first box, and how much the size differs.

    Frigate's distance (blakeblackshear/frigate, norfair_tracker.py, MIT): distant things move by fewer pixels.
    """
    (w1, h1), (w2, h2) = np.maximum(sizes[0], 1e-6), np.maximum(sizes[1], 1e-6)
    aside = (one[0] + one[2] - other[0] - other[2]) / 2 / w1
    down = (one[3] - other[3]) / h1
    wider, higher = w2 / w1, h2 / h1
    wider, higher = np.maximum(wider, 1 / wider) - 1, np.maximum(higher, 1 / higher) - 1
    distances: Numbers = np.sqrt(aside * aside + down * down + wider * wider + higher * higher)
    return distances
