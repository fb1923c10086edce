"""Boxes to pixels on the block grid, so that no JPEG block holds both covered and uncovered pixels."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.messages import MAX_DETECTIONS, MAX_JPEG_BYTES, Box

BLOCK = 16
"""The largest JPEG block (4:2:0 chroma), in pixels."""

Blocks = NDArray[np.int16]
"""(n, 4): left, top, right, bottom in blocks of 16 pixels; right and bottom are outside."""

FEW = 12
"""Rectangles that are quicker compared with each other than drawn onto the grid."""

NOTHING: Blocks = np.empty((0, 4), np.int16)

Style = Callable[[images.Image, Blocks], None]
"""Changes a (H, W, 3) image where the blocks are, nowhere else, so that no pixel there is as it was."""


def to_blocks(boxes: Sequence[Box] | NDArray[np.float32], margin: float, width: int, height: int) -> Blocks:
    """Boxes in 0..1, grown by `margin` of their size on each side, clipped and aligned outward; none gets empty."""
    if not len(boxes):
        return NOTHING
    corners = np.array(boxes, np.float64).reshape(-1, 2, 2)
    low, high = corners.min(axis=1), corners.max(axis=1)
    grow = margin * (high - low)
    scale = np.array([width, height]) / BLOCK
    last = np.ceil(scale)
    low = np.clip(np.floor((low - grow) * scale), 0, last - 1)
    high = np.clip(np.ceil((high + grow) * scale), low + 1, last)
    return np.hstack([low, high]).astype(np.int16)


def merge(parts: Sequence[Blocks], width: int, height: int) -> Blocks:
    """What all parts cover together, as rectangles that do not overlap; the whole picture where that takes too many."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NOTHING
    together = np.concatenate(parts)
    if _are_apart(together.tolist()):
        return together
    columns, rows = -(-width // BLOCK), -(-height // BLOCK)
    rectangles = _rectangles(_mask(together, columns, rows))
    return rectangles if len(rectangles) <= MAX_DETECTIONS else np.array([[0, 0, columns, rows]], np.int16)


def _are_apart(blocks: list[list[int]]) -> bool:
    """Whether these few overlap nowhere: then there is nothing to merge."""
    return len(blocks) <= FEW and not any(
        left < right_ and left_ < right and top < bottom_ and top_ < bottom
        for place, (left, top, right, bottom) in enumerate(blocks)
        for left_, top_, right_, bottom_ in blocks[:place]
    )


def to_boxes(blocks: Blocks, width: int, height: int) -> tuple[Box, ...]:
    """The covered area in 0..1, as `redaction.boxes` says it."""
    pixels = np.minimum(blocks.astype(np.int64) * BLOCK, [width, height, width, height])
    return tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in (pixels / [width, height, width, height]).tolist())


def solid(image: images.Image, blocks: Blocks) -> None:
    """Black."""
    for left, top, right, bottom in (blocks.astype(np.int64) * BLOCK).tolist():
        image[top:bottom, left:right] = 0


def covered(jpeg: bytes, info: images.JpegInfo, blocks: Blocks, quality: int, style: Style = solid) -> bytes:
    """The picture coded again from its pixels, with `blocks` covered and no other byte of the old file.

    `info` is of these very bytes. Raises PermanentError where they are damaged, or will not fit into a message.
    """
    image = images.decode(jpeg, info=info)
    if image.shape != (info.height, info.width, 3):
        raise PermanentError("decoded to another size", reason="bad-picture")
    style(image, blocks)
    for lower in (quality, quality * 3 // 4, quality // 2):
        if len(safe := images.encode(image, lower)) <= MAX_JPEG_BYTES:
            return safe
    raise PermanentError("too large when coded again", reason="picture-too-large")


def _mask(blocks: Blocks, columns: int, rows: int) -> NDArray[np.bool_]:
    """(rows, columns), True where any rectangle lies; +1 and -1 at the corners, summed up, do not care how many."""
    edges = np.zeros((rows + 1, columns + 1), np.int32)
    left, top, right, bottom = blocks.T
    np.add.at(edges, (top, left), 1)
    np.add.at(edges, (bottom, right), 1)
    np.add.at(edges, (top, right), -1)
    np.add.at(edges, (bottom, left), -1)
    return np.asarray(edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)


def _rectangles(mask: NDArray[np.bool_]) -> Blocks:
    """The True area as runs of each row, equal runs of rows below each other joined."""
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    found: list[list[int]] = []
    open_runs: dict[tuple[int, int], list[int]] = {}
    for (row, left), (_, right) in zip(starts.tolist(), ends.tolist(), strict=True):
        above = open_runs.get((left, right))
        if above is not None and above[3] == row:
            above[3] = row + 1
        else:
            open_runs[left, right] = rectangle = [left, row, right, row + 1]
            found.append(rectangle)
    return np.array(found, np.int16).reshape(-1, 4)
