"""Pictures in bands, of smooth bright noise in which no two blocks are alike."""

import numpy as np

from libs.common import images, jpeg_bands

SIZES = [(64, 192), (80, 193), (97, 131), (33, 65), (16, 129), (640, 640), (48, 63), (2, 2), (1, 1), (1, 66), (70, 1)]
"""Width and height: whole bands, one row more, one less, odd ones, one pixel, more bands than restart markers."""


def planes(width: int, height: int, seed: int = 0) -> tuple[images.Image, images.Image, images.Image]:
    """4:2:0; the brightness is nowhere below 60."""
    random = np.random.default_rng(seed)
    half = (height + 1) // 2, (width + 1) // 2
    coarse = random.integers(60, 256, (height // 8 + 1, width // 8 + 1), np.uint8)
    colours = (random.integers(80, 176, half, np.uint8) for _ in range(2))
    u, v = colours
    return np.ascontiguousarray(coarse.repeat(8, 0).repeat(8, 1)[:height, :width]), u, v


def banded(width: int, height: int, seed: int = 0, quality: int = images.QUALITY) -> bytes:
    """As the producer makes them."""
    return images.encode_bands(*planes(width, height, seed), quality)


def head_of(jpeg: bytes) -> bytes:
    """All of a picture of ours that stands before its entropy-coded data."""
    return jpeg[: jpeg.index(jpeg_bands.SCAN) + len(jpeg_bands.SCAN)]


def bands_of(jpeg: bytes, height: int) -> list[bytes]:
    """The entropy-coded data of each band."""
    scans = jpeg_bands.split(jpeg, head_of(jpeg), height)
    assert scans is not None
    return [bytes(scan) for scan in scans]
