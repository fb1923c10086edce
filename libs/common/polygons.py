"""Areas of a picture as an operator writes them: corners in 0..1 of its width and height, checked before use."""

from collections.abc import Sequence
from itertools import combinations
from math import isfinite

from libs.common.errors import SettingsError

Point = tuple[float, float]
Polygon = tuple[Point, ...]
"""Corners (x, y) in order, 0..1 of the picture; the last is joined to the first. No two edges meet but neighbours."""

MOST_CORNERS = 64
FORM = "a list of corners [x, y] or {box: [left, top, right, bottom]}, all from 0 to 1"


def polygon(value: object, where: str) -> Polygon:
    """An area from what YAML makes of it: at least three corners, or a box.

    Raises SettingsError, one line that begins with `where`: the flag, the file, and which area of whom.
    """
    if isinstance(value, dict):
        return _box(value, where)
    if not isinstance(value, list):
        raise SettingsError(f"{where}: expected {FORM}")
    if len(value) > MOST_CORNERS + 1:
        raise SettingsError(f"{where}: {len(value)} corners, expected {MOST_CORNERS} at most")
    corners = tuple(point(corner, f"{where}, corner {number}") for number, corner in enumerate(value, 1))
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    return _checked(corners, where)


def _box(value: dict[object, object], where: str) -> Polygon:
    sides = value.get("box")
    if len(value) != 1 or not isinstance(sides, list) or len(sides) != 4:
        raise SettingsError(f"{where}: expected {FORM}")
    left, top, right, bottom = (_number(side, f"{where}, box") for side in sides)
    if left >= right or top >= bottom:
        raise SettingsError(f"{where}, box: expected left below right and top below bottom")
    return (left, top), (right, top), (right, bottom), (left, bottom)


def point(value: object, where: str) -> Point:
    """One corner, or one end of a line. Raises SettingsError, one line that begins with `where`."""
    if not isinstance(value, list) or len(value) != 2:
        raise SettingsError(f"{where}: expected [x, y]")
    x, y = (_number(side, where) for side in value)
    return x, y


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or not 0 <= value <= 1:
        raise SettingsError(f"{where}: expected numbers from 0 to 1, not {str(value)[:40]!r}")
    return float(value)


def _checked(corners: Polygon, where: str) -> Polygon:
    if len(set(corners)) < 3:
        raise SettingsError(f"{where}: {len(set(corners))} different corners, expected at least 3")
    if len(corners) > MOST_CORNERS:
        raise SettingsError(f"{where}: {len(corners)} corners, expected {MOST_CORNERS} at most")
    if len(set(corners)) < len(corners) or _crosses_itself(corners):
        raise SettingsError(f"{where}: its edges cross or touch each other, expected corners in order around the area")
    if all(_turn(corners[0], corners[1], corner) == 0 for corner in corners):
        raise SettingsError(f"{where}: all corners lie in one line, expected an area")
    return corners


def _crosses_itself(corners: Sequence[Point]) -> bool:
    """True if any two edges that are no neighbours have a point in common."""
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    return any(
        second - first not in (1, len(edges) - 1) and _meet(*edges[first], *edges[second])
        for first, second in combinations(range(len(edges)), 2)
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd have a point in common (Cormen et al., Introduction to Algorithms, 33.1)."""
    turns = _turn(c, d, a), _turn(c, d, b), _turn(a, b, c), _turn(a, b, d)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((c, d, a), (c, d, b), (a, b, c), (a, b, d))
    return any(turn == 0 and _within(*end) for turn, end in zip(turns, ends, strict=True))


def _turn(a: Point, b: Point, c: Point) -> float:
    """Twice the signed area of a triangle: above 0 if abc turns one way, below if the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(a: Point, b: Point, c: Point) -> bool:
    """Whether c, known to be in line with ab, lies between them."""
    return all(min(a[axis], b[axis]) <= c[axis] <= max(a[axis], b[axis]) for axis in (0, 1))
