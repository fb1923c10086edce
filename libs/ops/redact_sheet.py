"""A picture sheet of the worst frames: labelled people framed, red where they can be seen. It shows people: raw."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from libs.common import images
from libs.common.errors import FatalError
from libs.common.images import Image
from libs.common.messages import Frame
from libs.ops.redact_figures import LEAK, Judged, Sight

TILES, COLUMNS = 12, 3
TILE_WIDTH = 512
"""A picture is shown at 1/1, 1/2, 1/4 or 1/8, the first that is not wider."""
LINE, GAP = 2, 8
DOT = 3
RED, GREEN, WHITE = (0, 0, 255), (0, 200, 0), (255, 255, 255)
_DIGITS = (31599, 11415, 29671, 29647, 23497, 31183, 31215, 29257, 31727, 31695)
"""Ten drawings of 3x5 dots, one bit for each, row by row from the top left."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One frame as it came out."""

    seq: int
    jpeg: bytes
    sights: tuple[Sight, ...]

    @property
    def visible(self) -> float:
        """Of whom most can be seen."""
        return max(sight.visible for sight in self.sights)


class Worst:
    """The labelled frames in which most of somebody can be seen, at most one of each second."""

    def __init__(self) -> None:
        self._of_second: dict[int, Tile] = {}

    def offer(self, frame: Frame, judged: Judged) -> None:
        """Keep it if it is among the worst."""
        if not judged.sights or judged.withheld:
            return
        second, tile = frame.captured_at // 10**9, Tile(frame.seq, frame.image, judged.sights)
        before = self._of_second.get(second)
        if before is None or tile.visible > before.visible:
            self._of_second[second] = tile
        if len(self._of_second) > TILES:
            least = min(self._of_second, key=lambda each: (self._of_second[each].visible, -each))
            del self._of_second[least]

    def tiles(self) -> list[Tile]:
        """The worst first."""
        return sorted(self._of_second.values(), key=lambda tile: (-tile.visible, tile.seq))


def save(path: Path, tiles: Sequence[Tile]) -> None:
    """Write the sheet, for its owner only; raises FatalError."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(number, "wb") as file:
            os.fchmod(number, 0o600)
            file.write(images.encode(sheet(tiles)))
    except OSError as error:
        raise FatalError(f"--sheet {path}: {error.strerror}") from None


def sheet(tiles: Sequence[Tile]) -> Image:
    """(height, width, 3) BGR: rows of three pictures, each with its frame's number as the truth counts (seq + 1)."""
    drawn = [_drawn(tile) for tile in tiles]
    height = max((image.shape[0] for image in drawn), default=0) + GAP
    width = max((image.shape[1] for image in drawn), default=0) + GAP
    rows = -(-len(drawn) // COLUMNS)
    canvas = np.zeros((rows * height + GAP, min(COLUMNS, max(1, len(drawn))) * width + GAP, 3), np.uint8)
    for at, image in enumerate(drawn):
        top, left = at // COLUMNS * height + GAP, at % COLUMNS * width + GAP
        canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas


def _drawn(tile: Tile) -> Image:
    width = images.read_header(tile.jpeg).width
    scale = next((scale for scale in (1, 2, 4) if width <= TILE_WIDTH * scale), 8)
    image = images.decode(tile.jpeg, scale).copy()
    for sight in sorted(tile.sights, key=lambda sight: sight.visible):
        left, top, right, bottom = (edge // scale for edge in sight.box)
        _frame(image, left, top, right, bottom, RED if sight.visible > LEAK else GREEN)
    _write(image, tile.seq + 1)
    return image


def _frame(image: Image, left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int]) -> None:
    """A border inside of the box."""
    box = image[top:bottom, left:right]
    for side in (box[:LINE], box[-LINE:], box[:, :LINE], box[:, -LINE:]):
        side[:] = colour


def _write(image: Image, number: int) -> None:
    """The number in the top left corner, white on black."""
    dots = np.zeros((7, 4 * len(str(number)) + 1), np.uint8)
    for at, digit in enumerate(str(number)):
        bits = [_DIGITS[int(digit)] >> bit & 1 for bit in range(14, -1, -1)]
        dots[1:6, 4 * at + 1 : 4 * at + 4] = np.reshape(bits, (5, 3))
    drawn = dots.repeat(DOT, axis=0).repeat(DOT, axis=1)[: image.shape[0], : image.shape[1], None]
    image[: drawn.shape[0], : drawn.shape[1]] = drawn * np.array(WHITE, np.uint8)
