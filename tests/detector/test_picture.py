"""A frame's picture: decoded no larger than asked, once, and in parts whose boxes find their way back."""

import numpy as np
import pytest

from libs.common import images
from libs.common.testing import frame
from services.detector.picture import Picture


def test_it_is_decoded_at_the_smallest_scale_that_has_enough_pixels() -> None:
    """A half for 160 of 320 pixels, the whole where there is no more to be had."""
    picture = Picture(frame())
    assert [picture.image(side).shape for side in (40, 100, 160, 161, 5000, None)] == [
        (30, 40, 3),
        (120, 160, 3),
        (120, 160, 3),
        (240, 320, 3),
        (240, 320, 3),
        (240, 320, 3),
    ]
    assert picture.gray(160).shape == (120, 160)


def test_two_who_ask_share_one_decoding() -> None:
    """Of the whole and of its parts."""
    picture = Picture(frame())
    assert picture.image() is not None
    assert np.shares_memory(picture.image(), picture.image(300))
    assert np.shares_memory(picture.image(), picture.part((0.2, 0.2, 0.8, 0.8)).image())


@pytest.mark.parametrize("box", [(0.0, 0.0, 1.0, 1.0), (0.13, 0.4, 0.51, 0.77), (0.999, 0.999, 1.0, 1.0), (0.3,) * 4])
@pytest.mark.parametrize("size", [(320, 240), (333, 251), (16, 9)])
def test_a_part_is_what_the_whole_has_there(box: tuple[float, float, float, float], size: tuple[int, int]) -> None:
    """Its box lies inside of it, and the corners of the part go back to the pixels that it was cut from."""
    width, height = size
    drawn = np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)
    picture = Picture(frame(image=images.encode(drawn), width=width, height=height))
    part = picture.part(box)
    x0, y0, x1, y1 = part.back((0.0, 0.0, 1.0, 1.0))
    left, top, right, bottom = (
        round(at * side) for at, side in zip((x0, y0, x1, y1), (width, height) * 2, strict=True)
    )
    assert (part.image() == picture.image()[top:bottom, left:right]).all()
    assert part.size == (right - left, bottom - top)
    assert min(part.size) > 0
    assert x0 <= box[0] + 1e-9
    assert y0 <= box[1] + 1e-9
    assert x1 >= min(box[2], 1) - 1e-9
    assert y1 >= min(box[3], 1) - 1e-9


def test_a_box_of_the_whole_is_told_as_one_of_a_part() -> None:
    """There and back it is the same place, without what sticks out; what lies beside the part is not in it."""
    picture = Picture(frame())
    part = picture.part((0.5, 0.5, 1.0, 1.0))
    assert part.into((0.6, 0.75, 0.7, 1.0)) == pytest.approx((0.2, 0.5, 0.4, 1.0))
    assert part.back(part.into((0.2, 0.6, 0.75, 0.8)) or (0, 0, 0, 0)) == pytest.approx((0.5, 0.6, 0.75, 0.8))
    assert part.into((0.1, 0.6, 0.5, 0.8)) is None
    assert part.into((0.6, 0.1, 0.7, 0.4)) is None
    assert picture.into((0.1, 0.2, 0.3, 0.4)) == (0.1, 0.2, 0.3, 0.4)


def test_a_reduced_part_shows_the_same_place() -> None:
    """Parts begin at multiples of eight pixels, so each scale cuts at whole pixels."""
    picture = Picture(frame())
    part = picture.part((0.26, 0.26, 0.74, 0.74))
    assert (part.image(80) == picture.image(160)[28:92, 40:120]).all()


def test_the_bytes_of_the_whole_are_the_frames_own() -> None:
    """Nothing is coded again; a part is."""
    source = frame()
    assert Picture(source).jpeg() is source.image
    assert images.read_header(Picture(source).part((0, 0, 0.5, 0.5)).jpeg()).width == 160
