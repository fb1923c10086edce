"""How covered blocks look, and that nothing finer than a cell is left of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from libs.common.messages import Box
from services.redactor.cover import Blocks, Style, covered, merge, solid, to_blocks
from services.redactor.styles import STYLES, blur, pixelate
from tests.redactor.scenes import END, SOMEBODY, darkness, looked, play, stage

WIDTH, HEIGHT = 769, 577
BOXES: tuple[tuple[Box, ...], ...] = (
    ((0.1, 0.1, 0.2, 0.3),),
    ((0.1, 0.1, 0.9, 0.9),),
    ((0.9, 0.7, 1, 1),),
    ((0, 0, 1, 1),),
    ((0.1, 0.1, 0.3, 0.9), (0.25, 0.5, 0.7, 0.6), (0.8, 0.8, 0.81, 0.81)),
)
COARSE = [pixelate, blur]


def noise(seed: int) -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) in which no two neighbours are alike."""
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def blocks_of(boxes: tuple[Box, ...]) -> Blocks:
    return merge([to_blocks(boxes, 0, WIDTH, HEIGHT)], WIDTH, HEIGHT)


def mask_of(blocks: Blocks) -> NDArray[np.bool_]:
    """(HEIGHT, WIDTH), True where covered."""
    drawn = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    drawn[:] = 255
    solid(drawn, blocks)
    return np.asarray(drawn[:, :, 0] == 0)


def styled(style: Style, image: NDArray[np.uint8], blocks: Blocks) -> NDArray[np.uint8]:
    """A changed copy."""
    copy = image.copy()
    style(copy, blocks)
    return copy


@pytest.mark.parametrize("boxes", BOXES)
@pytest.mark.parametrize("style", STYLES.values())
def test_only_covered_pixels_change_and_only_they_count(style: Style, boxes: tuple[Box, ...]) -> None:
    """What is around the cover stays as it was, and nothing of it gets in."""
    blocks = blocks_of(boxes)
    mask = mask_of(blocks)
    image, other = noise(1), noise(2)
    other[mask] = image[mask]
    outs = styled(style, image, blocks), styled(style, other, blocks)
    assert (outs[0][~mask] == image[~mask]).all()
    assert (outs[0][mask] == outs[1][mask]).all()


def shuffled_in_cells(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The same mean colour in each cell of so many pixels, and everything finer elsewhere."""
    copy = image.copy()
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            cell = copy[top : top + side, left : left + side]
            cell[:] = cell[::-1, ::-1].copy()
    return copy


@pytest.mark.parametrize(
    ("style", "box", "side"),
    [
        (pixelate, (0.25, 0.25, 0.4, 0.4), 16),
        (blur, (0.25, 0.25, 0.4, 0.4), 32),
        (pixelate, (0.1, 0.1, 0.9, 0.9), 64),
        (blur, (0.1, 0.1, 0.9, 0.9), 128),
        (pixelate, (0, 0, 1, 1), 128),
        (blur, (0, 0, 1, 1), 256),
    ],
)
def test_nothing_finer_than_a_cell_leaves_a_trace(style: Style, box: Box, side: int) -> None:
    """Cells turned upside down give the same picture: 1/8 of the shorter side for pixelate, 1/4 for blur, or more."""
    blocks = blocks_of((box,))
    mask = mask_of(blocks)
    shorter = min(blocks[0, 2] - blocks[0, 0], blocks[0, 3] - blocks[0, 1]) * 16
    assert side >= max(16, shorter / (8 if style is pixelate else 4))
    picture = np.where(mask[:, :, None], noise(3), np.uint8(0))
    inner = mask.copy()
    for top in range(0, HEIGHT, side):
        for left in range(0, WIDTH, side):
            cell = inner[top : top + side, left : left + side]
            cell[:] = cell.all() and cell.size == side * side
    turned = np.where(inner[:, :, None], shuffled_in_cells(picture, side), picture)
    assert (turned != picture).any()
    assert (styled(style, turned, blocks) == styled(style, picture, blocks)).all()


def test_a_pixelated_piece_has_few_colours() -> None:
    """Eight cells across its shorter side at most, and one colour for what is not a whole cell."""
    for boxes in BOXES:
        blocks = blocks_of(boxes)
        out = styled(pixelate, noise(4), blocks)[mask_of(blocks)]
        columns, rows = (np.ptp(blocks[:, [at, at + 2]]) for at in (0, 1))
        assert len(np.unique(out, axis=0)) <= 8 * 8 * max(columns, rows) / min(columns, rows) + len(boxes)


def test_a_ragged_edge_is_no_finer_than_the_rest() -> None:
    """One block that sticks out of a large piece has the colour of the whole piece, not its own."""
    large, tip = blocks_of(((0.1, 0.1, 0.6, 0.8),)), np.array([[29, 20, 30, 21]], np.int16)
    assert large[0, 2] == 29
    image = noise(5)
    image[20 * 16 : 21 * 16, 29 * 16 : 30 * 16] = 255
    out = styled(pixelate, image, merge([large, tip], WIDTH, HEIGHT))
    assert out[20 * 16 : 21 * 16, 29 * 16 : 30 * 16].max() < 160


def test_blurred_neighbours_differ_by_no_more_than_a_slope() -> None:
    """From one cell's middle to the next at most the whole range of colours."""
    blocks = blocks_of(((0.1, 0.1, 0.9, 0.9),))
    left, top, right, bottom = (blocks[0] * 16).tolist()
    sharp = np.where(np.indices((HEIGHT, WIDTH)).sum(axis=0)[:, :, None] // 16 % 2, 0, 255).astype(np.uint8)
    out = styled(blur, np.repeat(sharp, 3, axis=2), blocks)[top:bottom, left:right].astype(int)
    assert max(np.abs(np.diff(out, axis=axis)).max() for axis in (0, 1)) <= 255 / 128 + 1


@pytest.mark.parametrize("size", [(769, 577), (33, 17), (16, 16), (5, 5)])
@pytest.mark.parametrize("style", COARSE)
def test_every_size_can_be_covered_coarsely(style: Style, size: tuple[int, int]) -> None:
    """Down to a picture smaller than a block; the result is a plain JPEG."""
    image = np.random.default_rng(6).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    blocks = merge([to_blocks([(0, 0, 1, 1)], 0, *size)], *size)
    jpeg = images.encode(image)
    out = covered(jpeg, images.read_header(jpeg), blocks, 85, style)
    assert images.read_header(out).plain
    assert np.ptp(images.decode(out).reshape(-1, 3), axis=0).max() < 60


@pytest.mark.parametrize("style", ["solid", "pixelate", "blur"])
def test_a_message_says_how_it_was_covered_and_that_it_can_be_undone(style: str) -> None:
    """In `redaction.policy`, for whoever reads the topic."""
    [out, _end] = play(stage(cover=style), [looked(0, (SOMEBODY,)), END])
    policy = out.message.redaction.policy
    assert policy.startswith(f"{style} margin=0.15 ")
    assert policy.endswith(" can-be-undone") is (style != "solid")
    assert (darkness(out.message, SOMEBODY) < 24) is (style == "solid")
