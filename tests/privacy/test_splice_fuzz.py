"""Whatever is wrong with a picture in bands: what is covered is black to every decoder, and none of its bytes is left.

Two decoders that share no code, libjpeg-turbo (of simplejpeg and of OpenCV, as lenient as they can be) and FFmpeg. What
is wrong in bands that nobody covers may stay; it must not change what is seen anywhere else.
"""

import random
from collections import Counter
from contextlib import suppress
from functools import cache

import av
import cv2
import numpy as np
import pytest
import simplejpeg
from numpy.typing import NDArray

from libs.common import images, jpeg_bands
from libs.common.errors import PermanentError
from services.redactor.cover import Blocks, covered, merge, to_blocks
from services.redactor.splice import spliced
from tests.common.banded import banded, bands_of, head_of, planes
from tests.privacy.band_mutants import mutant

SEEDS, MUTANTS = 10, 300
SIZES = [(64, 200), (97, 131), (16, 129), (1, 65), (33, 257), (80, 193), (48, 640)]
DARK, NEUTRAL = 8, 4
"""Coding makes black no brighter, and grey no more colourful."""

Mask = NDArray[np.bool_]

drawn = cache(banded)


def libjpeg(jpeg: bytes) -> images.Image | None:
    """The brightness, damaged or not."""
    with suppress(ValueError):
        return np.asarray(simplejpeg.decode_jpeg(jpeg, "GRAY", strict=False)[:, :, 0])
    return None


def opencv(jpeg: bytes) -> images.Image | None:
    """The same of another build of libjpeg-turbo."""
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]


def ffmpeg(jpeg: bytes) -> list[images.Image]:
    """Planes as they are coded; none where it gives up. What it did not get to is 0 in all planes."""
    decoder = av.CodecContext.create("mjpeg", "r")
    with suppress(av.FFmpegError):
        for frame in [*decoder.decode(av.Packet(jpeg)), *decoder.decode(None)]:
            return [
                np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]  # type: ignore[call-overload]
                for plane in frame.planes
            ]
    return []


def mask_of(blocks: Blocks, width: int, height: int) -> Mask:
    """(rows, columns) of blocks, True where covered."""
    mask = np.zeros((-(-height // 16), -(-width // 16)), np.bool_)
    for left, top, right, bottom in blocks.tolist():
        mask[top:bottom, left:right] = True
    return mask


def pixels(mask: Mask, side: int, shape: tuple[int, ...]) -> Mask:
    """The same for pixels, `side` of them in a block."""
    return mask.repeat(side, 0).repeat(side, 1)[: shape[0], : shape[1]]


def check_bytes(before: bytes, after: bytes, mask: Mask, height: int) -> None:
    """Header, markers and untouched bands are the input's, touched ones code their filled pixels; nothing else."""
    head, bands = head_of(before), bands_of(before, height)
    size_at = head.index(jpeg_bands.SIZE) + len(jpeg_bands.SIZE)
    for number, top in enumerate(jpeg_bands.tops(height)):
        covered_here = mask[number * 4 : number * 4 + 4]
        if covered_here.any():
            rows = min(64, height - top).to_bytes(2, "big")
            image = images.decode(head[:size_at] + rows + head[size_at + 2 :] + bands[number] + b"\xff\xd9")
            image[pixels(covered_here, 16, image.shape)] = 0
            bands[number] = bytes(jpeg_bands.scan(images.encode(image), head))
    assert after == jpeg_bands.join(head, bands)


def check_views(before: bytes, after: bytes, mask: Mask, height: int) -> None:
    """Black inside the cover; the same as before in every band without any."""
    new = np.repeat([bool(mask[row : row + 4].any()) for row in range(0, len(mask), 4)], 64)[:height]
    for decode in (libjpeg, opencv):
        old, seen = decode(before), decode(after)
        assert old is not None
        assert seen is not None
        assert seen[pixels(mask, 16, seen.shape)].max() <= DARK
        assert (seen[~new] == old[~new]).all()
    for number, plane in enumerate(ffmpeg(after)):
        inside = plane[pixels(mask, 8 if number else 16, plane.shape)].astype(int)
        bright = inside > DARK if number == 0 else (inside > 0) & (abs(inside - 128) > NEUTRAL)
        assert not bright.any()


def outcome(before: bytes, blocks: Blocks, width: int, height: int) -> str:
    """What becomes of it; fails where the result is not as it must be."""
    try:
        after = spliced(before, blocks, width, height, 85)
        how = "spliced" if after else "whole"
        after = after or covered(before, images.read_header(before), blocks, 85)
    except PermanentError:
        return "withheld"
    mask = mask_of(blocks, width, height)
    if how == "spliced":
        check_bytes(before, after, mask, height)
        check_views(before, after, mask, height)
        with suppress(PermanentError):
            whole = images.decode(covered(before, images.read_header(before), blocks, 85))
            inside = pixels(mask, 16, whole.shape)
            assert (images.decode_gray(after)[inside] <= DARK).all()
            assert (images.decode(after)[inside] == whole[inside]).all()
    return how


@pytest.mark.parametrize("seed", range(SEEDS))
def test_covered_pixels_are_black_to_every_decoder_whatever_came_in(seed: int) -> None:
    """Or nothing comes out. Most of what is wrong with the form goes the whole way, most damage is withheld."""
    dice, outcomes = random.Random(seed), Counter[str]()
    for _ in range(MUTANTS):
        width, height = dice.choice(SIZES)
        name, before = mutant(dice, drawn(width, height, dice.randrange(5)), height)
        left, top = dice.random() * 0.9, dice.random() * 0.9
        box = (left, top, left + 0.05 + dice.random() * 0.2, top + 0.05 + dice.random() * 0.2)
        try:
            outcomes[outcome(before, merge([to_blocks([box], 0.1, width, height)], width, height), width, height)] += 1
        except AssertionError as error:
            raise AssertionError(f"{name}, {width}x{height}, {box}: {error}") from error
    assert min(outcomes[how] for how in ("spliced", "whole", "withheld")) > MUTANTS / 50, outcomes


@pytest.mark.parametrize("size", [size for size in SIZES if min(size) > 1])
def test_every_decoder_sees_in_bands_what_it_sees_in_one_piece(size: tuple[int, int]) -> None:
    """FFmpeg's own decoder too, and OpenCV's careful way of bringing colours to full size."""
    bands, one_piece = banded(*size), images.encode_planes(*planes(*size))
    first, second = (cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) for jpeg in (bands, one_piece))
    assert (first == second).all()
    assert all((one == other).all() for one, other in zip(ffmpeg(bands), ffmpeg(one_piece), strict=True))
