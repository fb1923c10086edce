"""Boxes to pixels."""

import time

import numpy as np
import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.messages import MAX_DETECTIONS, Box
from services.redactor.cover import Blocks, covered, merge, to_blocks, to_boxes
from tests.redactor.scenes import region, scene

WHOLE: Box = (0, 0, 1, 1)


@pytest.mark.parametrize(
    ("box", "margin", "blocks"),
    [
        ((0.1, 0.1, 0.2, 0.2), 0, [1, 1, 2, 2]),
        ((0.1, 0.1, 0.21, 0.2), 0, [1, 1, 3, 2]),
        ((0.1, 0.1, 0.2, 0.2), 0.15, [0, 0, 3, 3]),
        ((0.2, 0.2, 0.1, 0.1), 0, [1, 1, 2, 2]),
        ((0.5, 0.5, 0.5, 0.5), 0, [5, 5, 6, 6]),
        ((1, 1, 1, 1), 0, [9, 9, 10, 10]),
        (WHOLE, 0.5, [0, 0, 10, 10]),
    ],
    ids=["aligned", "outward", "margin", "inverted", "no area", "in the corner", "clipped"],
)
def test_a_box_covers_whole_blocks_outward(box: Box, margin: float, blocks: list[int]) -> None:
    """160x160 pixels are ten blocks a side; no box ever covers less than one."""
    assert to_blocks([box], margin, 160, 160).tolist() == [blocks]


def test_merged_rectangles_cover_exactly_the_union_without_overlap() -> None:
    """Against painting every box by hand, for random boxes."""
    random = np.random.default_rng(7)
    for _ in range(50):
        corners = random.random((random.integers(1, 30), 4))
        blocks = to_blocks([tuple(row) for row in corners.tolist()], 0.1, 769, 577)
        by_hand, merged = np.zeros((37, 49), int), np.zeros((37, 49), int)
        for left, top, right, bottom in blocks.tolist():
            by_hand[top:bottom, left:right] = 1
        for left, top, right, bottom in merge([blocks], 769, 577).tolist():
            merged[top:bottom, left:right] += 1
        assert (by_hand == merged).all()


def test_nothing_merges_to_nothing() -> None:
    """Frames without boxes."""
    assert len(merge([to_blocks([], 0.15, 160, 160)] * 3, 160, 160)) == 0
    assert to_boxes(merge([], 160, 160), 160, 160) == ()


def test_published_boxes_end_at_the_edge_of_the_picture() -> None:
    """The last block of an odd size sticks out."""
    assert to_boxes(merge([to_blocks([WHOLE], 0, 769, 577)], 769, 577), 769, 577) == ((0, 0, 1, 1),)


def test_an_area_too_ragged_to_be_told_is_covered_wholly() -> None:
    """`redaction.boxes` has room for a thousand."""
    tiny = [((x + 0.5) / 256, (y + 0.5) / 256) for x in range(256) for y in range(256) if (x + y) % 2]
    blocks = to_blocks([(x, y, x, y) for x, y in tiny], 0, 4096, 4096)
    assert len(blocks) > MAX_DETECTIONS
    assert merge([blocks], 4096, 4096).tolist() == [[0, 0, 256, 256]]


@pytest.mark.alone
def test_thirty_frames_of_a_thousand_boxes_are_merged_at_once() -> None:
    """No step of it goes box by box; a pixel-wise one would take minutes (the bound is generous)."""
    random = np.random.default_rng(3)
    parts = [to_blocks([tuple(row) for row in random.random((1000, 4)).tolist()], 0.15, 1280, 720) for _ in range(30)]
    began = time.perf_counter()
    assert merge(parts, 1280, 720).tolist() == [[0, 0, 80, 45]]
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("size", [(769, 577), (768, 576), (33, 17), (16, 16), (5, 5)])
@pytest.mark.parametrize("sampling", ["420", "422", "444", "440", "411", "Gray"])
def test_no_covered_pixel_shows_through_in_any_size_or_sampling(size: tuple[int, int], sampling: str) -> None:
    """Two pictures that differ only under the cover come out as the same bytes."""
    import simplejpeg

    box = (0.3, 0.3, 0.6, 0.6)
    outs = []
    for people in ((), (box,)):
        image = scene(people, *size)
        if sampling == "Gray":
            raw = simplejpeg.encode_jpeg(np.ascontiguousarray(image[:, :, :1]), 85, "GRAY", "Gray")
        else:
            raw = simplejpeg.encode_jpeg(image, 85, "BGR", sampling)
        blocks = merge([to_blocks([box], 0.15, *size)], *size)
        outs.append(covered(raw, images.read_header(raw), blocks, 85))
    assert images.decode(outs[1])[region(box, *size)].max() < 24
    assert images.read_header(outs[1]).plain
    if size[0] > 100:
        assert outs[0] == outs[1]


def test_a_picture_of_another_size_than_said_is_refused() -> None:
    """The blocks would lie elsewhere."""
    info = images.read_header(images.encode(scene(width=160, height=160)))
    with pytest.raises(PermanentError, match="another size"):
        covered(images.encode(scene()), info, merge([], 160, 112), 85)


def test_rectangles_that_are_apart_stay_as_they_are_and_others_are_merged() -> None:
    """Both ways cover the same; what is said to be covered never overlaps."""
    apart = to_blocks([(0.1, 0.1, 0.2, 0.2), (0.5, 0.5, 0.6, 0.9)], 0, 640, 480)
    assert merge([apart], 640, 480).tolist() == apart.tolist()
    crossing = to_blocks([(0.1, 0.4, 0.9, 0.6), (0.4, 0.1, 0.6, 0.9)], 0, 640, 480)
    merged = merge([crossing], 640, 480)
    assert area(merged) == area(merge([crossing, *[crossing] * 8], 640, 480)) < area(crossing)


def area(blocks: Blocks) -> int:
    """The sum of all of them, overlapping or not."""
    return int(sum((right - left) * (bottom - top) for left, top, right, bottom in blocks.tolist()))
