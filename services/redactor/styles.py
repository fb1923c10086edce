"""How covered blocks look: black, or a coarse rest of what was there, which can be undone.

Pixelate and blur keep the mean colours of large cells that lie wholly under the cover; where a cell does not, the mean
of all that is covered in one piece takes its place. So nothing around the cover gets in, and nothing finer is left.
"""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from libs.common.images import Image
from services.redactor.cover import BLOCK, Blocks, Style, solid

Name = Literal["solid", "pixelate", "blur"]
Colours = NDArray[np.float32]
Spread = Callable[[Colours, int, int], Colours]
"""(colours of cells, pixels, pixels of a cell) -> colours of pixels, along the first axis."""

PIXELATE_CELLS, BLUR_CELLS = 8, 4
"""At most so many cells across the shorter side of what is covered in one piece."""

UNDOABLE = "can be undone: programs guess faces and numbers from what is left; only solid hides"


def pixelate(image: Image, blocks: Blocks) -> None:
    """Cells of one colour each, their side at least 1/8 of the shorter side of the covered piece, and 16 pixels."""
    _coarsen(image, blocks, PIXELATE_CELLS, _steps)


def blur(image: Image, blocks: Blocks) -> None:
    """Mean colours of cells (at least 1/4 of the shorter side), interpolated between their middles.

    That is a box of one cell and then a tent two cells wide: a kernel of at least 3/4 of the piece's shorter side.
    """
    _coarsen(image, blocks, BLUR_CELLS, _tents)


STYLES: dict[Name, Style] = {"solid": solid, "pixelate": pixelate, "blur": blur}


def _coarsen(image: Image, blocks: Blocks, most_cells: int, spread: Spread) -> None:
    """Everything is read before anything is written, and all of it is black before colours come back."""
    painted = [_paint(image, piece, most_cells, spread) for piece in _pieces(blocks)]
    solid(image, blocks)
    for rows, columns, colours, covered in painted:
        np.copyto(image[rows, columns], colours, where=covered)


def _paint(
    image: Image, piece: Blocks, most_cells: int, spread: Spread
) -> tuple[slice, slice, Image, NDArray[np.bool_]]:
    """Where, what colours, and which of these pixels are covered."""
    left, top = piece[:, :2].min(axis=0).tolist()
    right, bottom = piece[:, 2:].max(axis=0).tolist()
    cell = _cell(min(right - left, bottom - top), most_cells)
    # Cells begin at multiples of their size in the picture, not where the piece begins: else a piece that changes its
    # shape from frame to frame would be sampled a little further on each time.
    left, top = left // cell * cell, top // cell * cell
    rows, columns = slice(top * BLOCK, bottom * BLOCK), slice(left * BLOCK, right * BLOCK)
    pixels = image[rows, columns]
    covered = _covered(piece - np.array([left, top, left, top]), pixels.shape)
    colours = _colours(np.where(covered, pixels, np.uint8(0)), covered, cell * BLOCK, spread)
    return rows, columns, colours, covered


def _covered(piece: Blocks, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W, 1), True where the piece lies in a picture of that shape."""
    mask = np.zeros((*shape[:2], 1), np.bool_)
    for left, top, right, bottom in (piece.astype(np.int64) * BLOCK).tolist():
        mask[top:bottom, left:right] = True
    return mask


def _colours(pixels: Image, covered: NDArray[np.bool_], side: int, spread: Spread) -> Image:
    """What the pixels, black where not covered, become. A cell that is not covered wholly gets the mean of all."""
    sums, counts = _sums(pixels, side), _sums(covered, side)
    mean = sums.sum(axis=(0, 1)) / counts.sum()
    means = np.where(counts == side * side, sums / (side * side), mean).astype(np.float32)
    height, width, _ = pixels.shape
    across = spread(means.swapaxes(0, 1), width, side).swapaxes(0, 1)
    return spread(across, height, side).astype(np.uint8)


def _cell(shorter: int, most_cells: int) -> int:
    """Side of a cell in blocks: a power of two, so that cells of one size lie whole in those of the next."""
    least = -(-shorter // most_cells)
    return 1 << (least - 1).bit_length()


def _sums(pixels: NDArray[np.uint8] | NDArray[np.bool_], side: int) -> NDArray[np.int64]:
    """(H, W, n) to (cells, cells, n); the last cells may be smaller."""
    rows, columns = (np.arange(0, size, side) for size in pixels.shape[:2])
    down = np.add.reduceat(pixels, rows, axis=0, dtype=np.int64)
    return np.asarray(np.add.reduceat(down, columns, axis=1))


def _steps(cells: Colours, pixels: int, side: int) -> Colours:
    """Each pixel gets the colour of its own cell."""
    return cells[np.arange(pixels) // side]


def _tents(cells: Colours, pixels: int, side: int) -> Colours:
    """Linear between the middles of two cells, constant beyond the first and last."""
    at = np.clip((np.arange(pixels) + 0.5) / side - 0.5, 0, len(cells) - 1)
    low = at.astype(np.intp)
    part = (at - low).astype(np.float32)[:, None, None]
    return cells[low] * (1 - part) + cells[np.minimum(low + 1, len(cells) - 1)] * part


def _pieces(blocks: Blocks) -> Iterator[Blocks]:
    """The rectangles in groups of those that touch, at corners too, directly or through others."""
    left, top, right, bottom = blocks.T
    left_of = (left[:, None] <= right) & (left <= right[:, None])
    touches = left_of & (top[:, None] <= bottom) & (top <= bottom[:, None])
    free = np.ones(len(blocks), np.bool_)
    while free.any():
        piece = np.zeros(len(blocks), np.bool_)
        new = np.arange(len(blocks)) == free.argmax()
        while new.any():
            piece |= new
            new = touches[new].any(axis=0) & ~piece
        free &= ~piece
        yield blocks[piece]
