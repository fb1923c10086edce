"""Covers a picture that our producer made without coding all of it again: only the bands under a block."""

from functools import lru_cache

import numpy as np

from libs.common import images, jpeg_bands
from libs.common.jpeg_bands import ROWS
from libs.common.messages import MAX_JPEG_BYTES
from services.redactor.cover import BLOCK, Blocks, solid

BLOCKS = ROWS // BLOCK
"""From the top of a band to its bottom."""


def spliced(jpeg: bytes, blocks: Blocks, width: int, height: int, quality: int) -> bytes | None:
    """The picture with `blocks` black. None where the whole of it has to be coded anew.

    That is: it is not, to the byte, in our form at this size and quality, or there are blocks in all bands. Every band
    that a block touches is coded anew from its pixels. The others are copied without a look into them: for pictures
    that are framebus's own. Raises PermanentError where a touched band is damaged.
    """
    sample = _sample(width, quality)
    head = jpeg_bands.header(sample, width, height)
    scans = jpeg_bands.split(jpeg, head, height)
    touched = _touched(blocks)
    if scans is None or len(touched) == len(scans):
        return None
    if not touched:
        return jpeg
    rows = sum(min(ROWS, height - band * ROWS) for band in touched)
    stack = jpeg_bands.join(jpeg_bands.header(sample, width, rows), [scans[band] for band in touched])
    image = images.decode(stack)
    for place, band in enumerate(touched):
        pixels = image[place * ROWS : (place + 1) * ROWS]
        first = band * BLOCKS
        solid(pixels, (blocks - [0, first, 0, first]).clip(0))
        scans[band] = jpeg_bands.scan(images.encode(pixels, quality), head)
    safe = jpeg_bands.join(head, scans)
    return safe if len(safe) <= MAX_JPEG_BYTES else None


def _touched(blocks: Blocks) -> list[int]:
    """The bands in which blocks lie, top to bottom."""
    ranges = (range(top // BLOCKS, -(-bottom // BLOCKS)) for _, top, _, bottom in blocks.tolist())
    return sorted({band for bands in ranges for band in bands})


@lru_cache(maxsize=32)
def _sample(width: int, quality: int) -> bytes:
    """Has the header of all pictures of this width and quality."""
    return images.encode(np.zeros((ROWS, width, 3), np.uint8), quality)
