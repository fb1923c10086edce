"""Areas that are always covered, whatever a detector says: read from a file, checked, turned into blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np

from libs.common.errors import SettingsError
from libs.common.polygons import Polygon, polygon
from libs.common.settings_checks import camera_globs
from libs.common.settings_file import read_yaml
from services.redactor.cover import BLOCK, NOTHING, Blocks

MOST_MASKS = 100
"""Of one camera."""

Edge = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Masks:
    """Camera or glob, and its areas: every entry whose pattern matches a camera counts for it."""

    entries: tuple[tuple[str, tuple[Polygon, ...]], ...] = ()

    def __str__(self) -> str:
        return "masks: " + ", ".join(f"{camera} {len(areas)}" for camera, areas in self.entries)


NO_MASKS = Masks()


def read_masks(path: Path) -> Masks:
    """The file of --masks: a map of cameras or globs to lists of polygons. Raises SettingsError, in one line."""
    where = f"--masks {path}"
    found = read_yaml(path, "--masks")
    if not isinstance(found, dict) or not found:
        raise SettingsError(f"{where}: expected a map: camera or glob, and a list of its masks")
    return Masks(tuple((_camera(name, where), _areas(areas, f"{where}: {name}")) for name, areas in found.items()))


@lru_cache(maxsize=1000)
def mask_blocks(masks: Masks, camera: str, width: int, height: int) -> Blocks:
    """Every block that a mask of this camera has a part of, in a picture of so many pixels; read-only."""
    areas = [area for glob, areas in masks.entries if fnmatchcase(camera, glob) for area in areas]
    spans = [span for area in areas for span in _spans(area, width / BLOCK, height / BLOCK)]
    if not spans:
        return NOTHING
    columns, rows = -(-width // BLOCK), -(-height // BLOCK)
    blocks = np.array([(left, row, right, row + 1) for row, left, right in spans], np.int64)
    clipped = blocks.clip(0, [columns - 1, rows - 1, columns, rows]).astype(np.int16)
    clipped.setflags(write=False)
    return clipped


def _camera(name: object, where: str) -> str:
    if not isinstance(name, str):
        raise SettingsError(f"{where}: {name!s:.40}: expected a camera or glob, in quotes where it is a number")
    try:
        camera_globs((name,))
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from None
    return name


def _areas(value: object, where: str) -> tuple[Polygon, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_MASKS:
        raise SettingsError(f"{where}: expected a list of 1 to {MOST_MASKS} masks")
    return tuple(polygon(area, f"{where}, mask {number}") for number, area in enumerate(value, 1))


def _spans(area: Polygon, columns: float, rows: float) -> Iterator[tuple[int, int, int]]:
    """(row, left, right) in blocks. Between two heights at which a corner or a row lies, all edges are straight."""
    corners = [(x * columns, y * rows) for x, y in area]
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    lowest, highest = min(y for _, y in corners), max(y for _, y in corners)
    heights = sorted({y for _, y in corners} | {float(y) for y in range(int(lowest) + 1, int(highest) + 1)})
    for top, bottom in pairwise(heights):
        crossing = sorted(_ends(edge, top, bottom) for edge in edges if _spanning(edge, top, bottom))
        for (_, *left), (_, *right) in zip(crossing[::2], crossing[1::2], strict=True):
            first = int(min(left))
            yield int((top + bottom) / 2), first, max(first + 1, ceil(max(right)))


def _spanning(edge: Edge, top: float, bottom: float) -> bool:
    (_, y0), (_, y1) = edge
    return min(y0, y1) <= top and max(y0, y1) >= bottom


def _ends(edge: Edge, top: float, bottom: float) -> tuple[float, float, float]:
    """Where it is in the middle between two heights, at the upper one, and at the lower."""
    (x0, y0), (x1, y1) = edge
    at_top, at_bottom = (x0 + (x1 - x0) * (y - y0) / (y1 - y0) for y in (top, bottom))
    return (at_top + at_bottom) / 2, at_top, at_bottom
