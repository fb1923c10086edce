"""Only the bands under a block are coded anew, and what comes out is what coding all of it would have shown."""

import numpy as np
import pytest

from libs.common import images, jpeg_bands
from libs.common.errors import PermanentError
from libs.common.messages import MAX_JPEG_BYTES, Box, replace
from libs.common.testing import FakeClock
from services.redactor.cover import Blocks, covered, merge, solid, to_blocks
from services.redactor.splice import spliced
from tests.common.banded import SIZES, banded, bands_of, head_of, planes
from tests.redactor.scenes import BLACK, END, frames, play, region, seen, stage, unlooked

WIDTH, HEIGHT = 97, 323
SIZE = (WIDTH, HEIGHT)
BOXES: dict[str, tuple[Box, ...]] = {
    "in one band": ((0.3, 0.45, 0.6, 0.5),),
    "over an edge": ((0.1, 0.15, 0.2, 0.25),),
    "the whole width": ((0, 0.4, 1, 0.6),),
    "in the last band": ((0.5, 0.99, 0.6, 1),),
    "two apart": ((0.1, 0.02, 0.2, 0.05), (0.5, 0.9, 0.7, 0.95)),
    "overlapping": ((0.2, 0.3, 0.6, 0.4), (0.4, 0.35, 0.8, 0.42)),
}
JPEG = banded(*SIZE)


def blocks_of(boxes: tuple[Box, ...], width: int = WIDTH, height: int = HEIGHT) -> Blocks:
    """As the stage makes them."""
    return merge([to_blocks(boxes, 0.05, width, height)], width, height)


def touched(blocks: Blocks, height: int) -> list[bool]:
    """For each band whether a block lies in it, pixel by pixel."""
    rows = np.zeros(-(-height // 64) * 64, np.bool_)
    for _, top, _, bottom in (blocks.astype(int) * 16).tolist():
        rows[top:bottom] = True
    return [bool(band.any()) for band in rows.reshape(-1, 64)]


@pytest.mark.parametrize("boxes", BOXES.values(), ids=BOXES)
def test_it_shows_what_coding_all_of_it_shows(boxes: tuple[Box, ...]) -> None:
    """Pixel for pixel the whole way's in every band that is touched, the input's in all others."""
    blocks = blocks_of(boxes)
    safe = spliced(JPEG, blocks, *SIZE, 85)
    assert safe is not None
    mine, whole, old = (
        images.decode(jpeg) for jpeg in (safe, covered(JPEG, images.read_header(JPEG), blocks, 85), JPEG)
    )
    new = np.repeat(touched(blocks, HEIGHT), 64)[:HEIGHT]
    assert 0 < new.sum() < HEIGHT
    assert (mine[new] == whole[new]).all()
    assert (mine[~new] == old[~new]).all()
    assert all(mine[region(box, *SIZE)].max() < BLACK for box in boxes)


@pytest.mark.parametrize("boxes", BOXES.values(), ids=BOXES)
def test_no_byte_of_a_touched_band_is_left(boxes: tuple[Box, ...]) -> None:
    """Each is what codes its filled pixels; the others are those of the input; there is nothing else in the bytes."""
    blocks = blocks_of(boxes)
    safe = spliced(JPEG, blocks, *SIZE, 85)
    assert safe is not None
    filled = images.decode(JPEG)
    solid(filled, blocks)
    expected = bands_of(JPEG, HEIGHT)
    for number, new in enumerate(touched(blocks, HEIGHT)):
        if new:
            alone = images.encode(filled[number * 64 : (number + 1) * 64])
            expected[number] = bytes(jpeg_bands.scan(alone, head_of(JPEG)))
    assert safe == jpeg_bands.join(head_of(JPEG), expected)


@pytest.mark.parametrize("size", [size for size in SIZES if size[1] > 64])
def test_what_differs_only_under_the_cover_comes_out_as_the_same_bytes(size: tuple[int, int]) -> None:
    """Nothing that was covered has any influence on what is published, in any size."""
    y, u, v = planes(*size)
    blocks = blocks_of(((0.4, 0.1, 0.5, 0.2),), *size)
    other = y.copy()
    for left, top, right, bottom in (blocks.astype(int) * 16).tolist():
        other[top:bottom, left:right] = 255 - other[top:bottom, left:right] // 2
    first, second = images.encode_bands(y, u, v), images.encode_bands(other, u, v)
    assert first != second
    assert spliced(first, blocks, *size, 85) == spliced(second, blocks, *size, 85) is not None


def test_the_result_can_be_covered_again() -> None:
    """It has the form of what came in."""
    once = spliced(JPEG, blocks_of(BOXES["in one band"]), *SIZE, 85)
    assert once is not None
    assert images.read_header(once).plain
    assert spliced(once, blocks_of(BOXES["two apart"]), *SIZE, 85) is not None


def test_without_blocks_nothing_changes() -> None:
    """Every band is copied."""
    assert spliced(JPEG, blocks_of(()), *SIZE, 85) == JPEG


@pytest.mark.parametrize(
    ("jpeg", "boxes", "width", "height", "quality"),
    [
        (images.encode_planes(*planes(*SIZE)), BOXES["in one band"], *SIZE, 85),
        (JPEG, BOXES["in one band"], *SIZE, 84),
        (JPEG, BOXES["in one band"], WIDTH, HEIGHT - 1, 85),
        (JPEG, BOXES["in one band"], WIDTH + 1, HEIGHT, 85),
        (JPEG, ((0.4, 0, 0.5, 1),), *SIZE, 85),
        (b"", BOXES["in one band"], *SIZE, 85),
    ],
    ids=["one piece", "quality", "height", "width", "all bands touched", "no picture"],
)
def test_anything_else_has_to_be_coded_wholly(
    jpeg: bytes, boxes: tuple[Box, ...], width: int, height: int, quality: int
) -> None:
    """No attempt is made."""
    assert spliced(jpeg, blocks_of(boxes, width, height), width, height, quality) is None


def test_a_result_that_is_too_large_has_to_be_coded_wholly() -> None:
    """Which then chooses a lower quality."""
    noise = np.random.default_rng(0).integers(0, 256, (1600, 1600), np.uint8)
    huge = images.encode_bands(noise, noise[::2, ::2].copy(), noise[1::2, ::2].copy(), 100)
    assert len(huge) > MAX_JPEG_BYTES + 100_000
    assert spliced(huge, blocks_of(((0.4, 0.4, 0.41, 0.41),), 1600, 1600), 1600, 1600, 100) is None


def test_a_damaged_band_under_a_block_is_an_error() -> None:
    """As it is for the whole way: the frame leaves black."""
    bands = bands_of(JPEG, HEIGHT)
    bands[2] = bands[2][:100]
    damaged = jpeg_bands.join(head_of(JPEG), bands)
    with pytest.raises(PermanentError):
        spliced(damaged, blocks_of(BOXES["in one band"]), *SIZE, 85)


@pytest.mark.parametrize(("image_by", "copied"), [("framebus", True), ("foreign", False)])
@pytest.mark.parametrize("cover", ["solid", "pixelate"])
def test_bands_are_copied_from_our_own_pictures_under_solid_cover_only(image_by: str, copied: bool, cover: str) -> None:
    """All else is coded again from its pixels, in one piece."""
    box = (0.3, 0.45, 0.6, 0.5)
    frame = replace(unlooked(0), width=WIDTH, height=HEIGHT, image=JPEG, image_by=image_by)
    (safe,) = frames(play(stage(FakeClock(), cover=cover), [seen(frame, (box,)), replace(END, last_seq=0)]))
    assert safe.redaction is not None
    assert safe.redaction.withheld is False
    assert safe.image.startswith(head_of(JPEG)) == (copied and cover == "solid")
