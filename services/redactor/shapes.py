"""Boxes that move: pure geometry in 0..1 of the picture. Lengths are told in box sizes, so that no size is special."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from libs.common.messages import Box

Speed = tuple[float, float]
"""Of a box's middle, to the right and down, per second."""

Rows = NDArray[np.float64]

DOUBT_S2 = 0.02
"""Added to the spread of the times: what was seen for 0.1 s counts for a fifth of its speed, for 0.5 s nearly fully."""

FOREIGN = np.inf


def upright(box: Box) -> Box:
    """The same with left below right and top below bottom."""
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def shifted(box: Box, speed: Speed, seconds: float) -> Box:
    """Where it is after so long; before, if negative."""
    right, down = speed[0] * seconds, speed[1] * seconds
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def grown(box: Box, share: float) -> Box:
    """By `share` of its width to both sides and of its height up and down half as much: people move sideways."""
    wide, high = share * (box[2] - box[0]), share * (box[3] - box[1]) / 2
    return box[0] - wide, box[1] - high, box[2] + wide, box[3] + high


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of them."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def speed_of(times_s: Sequence[float], boxes: Sequence[Box]) -> Speed:
    """Least squares over the middles, drawn towards standing still the shorter they were seen (ridge regression)."""
    count = len(boxes)
    mean_s = sum(times_s) / count
    spread = DOUBT_S2
    right = down = 0.0
    for at_s, (x0, y0, x1, y1) in zip(times_s, boxes, strict=True):
        late_s = at_s - mean_s
        spread += late_s * late_s
        right += late_s * (x0 + x1)
        down += late_s * (y0 + y1)
    return right / 2 / spread, down / 2 / spread


def mean(boxes: Sequence[Box]) -> Box:
    """Edge by edge."""
    x0, y0, x1, y1 = (sum(edges) / len(boxes) for edges in zip(*boxes, strict=True))
    return x0, y0, x1, y1


def strangeness(expected: Rows, found: Rows, most_apart: Rows, most_scaled: Rows) -> Rows:
    """How little boxes (..., 4) are like others (..., 4), pair by pair as they broadcast; FOREIGN: not the same at all.

    The distance of the middles, in widths across and half heights up and down, plus the ratio of the heights as a
    logarithm. `most_apart` and `most_scaled` are what either may be. A box without area is like no other.
    """
    size, other = expected[..., 2:] - expected[..., :2], found[..., 2:] - found[..., :2]
    middle = (expected[..., 2:] + expected[..., :2] - found[..., 2:] - found[..., :2]) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        across, down = np.moveaxis(middle / ((size + other) / 2), -1, 0)
        scaled = np.abs(np.log(size[..., 1] / other[..., 1]))
    apart = np.hypot(across, 2 * down)
    return np.where((apart <= most_apart) & (scaled <= most_scaled), apart + scaled, FOREIGN)
