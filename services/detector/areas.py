"""Polygon arithmetic: what lies in an area. Points, boxes and polygons are in 0..1 of the picture."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from libs.common.messages import Box
from libs.common.polygons import Point, Polygon
from services.detector.boxes import area, intersection

EDGE = 1e-9
"""A point so near to an edge lies on it."""


def foot(box: Box) -> Point:
    """The middle of the lower side: where somebody stands."""
    return (box[0] + box[2]) / 2, box[3]


@lru_cache(maxsize=4096)
def bounds(polygon: Polygon) -> Box:
    """The smallest box around it."""
    xs, ys = zip(*polygon, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def contains(polygon: Polygon, at: Point) -> bool:
    """Whether a point lies in a polygon or on its edge (a ray to the right crosses an odd number of edges)."""
    left, top, right, bottom = bounds(polygon)
    if not (left - EDGE <= at[0] <= right + EDGE and top - EDGE <= at[1] <= bottom + EDGE):
        return False
    inside = False
    for one, other in _edges(polygon):
        if _lies_on(one, other, at):
            return True
        if (one[1] > at[1]) != (other[1] > at[1]):
            inside ^= at[0] < one[0] + (at[1] - one[1]) / (other[1] - one[1]) * (other[0] - one[0])
    return inside


def share_inside(polygon: Polygon, box: Box) -> float:
    """How much of a box lies in a polygon, 0..1; 0 for an empty box (Sutherland and Hodgman 1974, Gauss' area)."""
    if intersection(bounds(polygon), box) <= 0:
        return 0.0
    left: Sequence[Point] = polygon
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        left = _clipped(left, axis, limit, sign)
    twice = sum(one[0] * other[1] - other[0] * one[1] for one, other in _edges(left))
    return min(1.0, abs(twice) / 2 / area(box))


def _edges(corners: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return pairwise([*corners, *corners[:1]])


def _lies_on(one: Point, other: Point, at: Point) -> bool:
    if not (
        min(one[0], other[0]) - EDGE <= at[0] <= max(one[0], other[0]) + EDGE
        and min(one[1], other[1]) - EDGE <= at[1] <= max(one[1], other[1]) + EDGE
    ):
        return False
    turn = (other[0] - one[0]) * (at[1] - one[1]) - (other[1] - one[1]) * (at[0] - one[0])
    return abs(turn) <= EDGE * (abs(other[0] - one[0]) + abs(other[1] - one[1]))


def _clipped(corners: Sequence[Point], axis: int, limit: float, sign: int) -> list[Point]:
    """What is left of a polygon on one side of a line: where `sign` x coordinate is at least `sign` x `limit`."""
    left: list[Point] = []
    for one, other in _edges(corners):
        before, behind = sign * (one[axis] - limit) >= 0, sign * (other[axis] - limit) >= 0
        if before:
            left.append(one)
        if before != behind:
            part = (limit - one[axis]) / (other[axis] - one[axis])
            left.append((one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])))
    return left
