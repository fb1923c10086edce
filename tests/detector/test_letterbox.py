"""Pictures on a model's canvas, and boxes back from there."""

from typing import Any

import numpy as np
import pytest

from services.detector.letterbox import GREY, STRIDE, Canvases, letterbox, planes, stretch
from services.detector.picture import Picture
from tests.detector.clip import frame_of

SIZES = [(1280, 720), (720, 1280), (641, 479), (333, 1000), (1, 1), (1999, 7), (640, 640), (37, 53)]
CANVASES = [(640, 640), (640, 384), (320, 640)]


def picture(width: int, height: int, value: int = 200) -> Picture:
    """All of one grey."""
    return Picture(frame_of(np.full((height, width, 3), value, np.uint8)))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("canvas", CANVASES, ids=str)
def test_the_picture_is_as_large_as_it_fits_and_in_the_middle(size: tuple[int, int], canvas: tuple[int, int]) -> None:
    """At least one side fills the canvas; what is left over differs by a pixel at most."""
    place = letterbox(size, canvas)
    assert (place.width, place.height) == canvas
    assert place.wide == canvas[0] or place.high == canvas[1]
    right, below = canvas[0] - place.left - place.wide, canvas[1] - place.top - place.high
    assert 0 <= right - place.left <= 1
    assert 0 <= below - place.top <= 1
    assert abs(place.wide / place.high - size[0] / size[1]) <= 0.51 * (1 + size[0] / size[1]) / place.high


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_canvas_that_is_not_fixed_is_no_larger_than_needed(size: tuple[int, int]) -> None:
    """Whole strides: what is grey is less than one of them."""
    place = letterbox(size, (640, 640), is_fixed=False)
    for all_of, part in ((place.width, place.wide), (place.height, place.high)):
        assert all_of % STRIDE == 0
        assert 0 <= all_of - part < STRIDE


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("is_stretched", [False, True])
def test_the_place_of_the_whole_picture_goes_back_to_all_of_it(size: tuple[int, int], is_stretched: bool) -> None:
    """To a thousandth, but where a column of a reduced picture stands for more pixels than there are."""
    fitted = Canvases((640, 384), is_stretched=is_stretched).fit(picture(*size))
    place = fitted.place
    edges = np.float32([[place.left, place.top, place.left + place.wide, place.top + place.high]])
    back = fitted.back(edges)
    assert back[0, :2] == pytest.approx([0, 0], abs=1e-6)
    assert back[0, 2:] == pytest.approx(fitted.covered, abs=1e-6)
    assert all(1 <= each < 1 + 8 / side for each, side in zip(fitted.covered, size, strict=True))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (641, 479)], ids=str)
def test_around_the_picture_is_grey(size: tuple[int, int]) -> None:
    """Also when the canvas was used before, for another picture of the same size."""
    canvases = Canvases((640, 640))
    for value in (250, 3):
        fitted = canvases.fit(picture(*size, value))
        place = fitted.place
        inside = np.zeros((640, 640), bool)
        inside[place.top : place.top + place.high, place.left : place.left + place.wide] = True
        assert (fitted.image[~inside] == GREY).all()
        assert abs(fitted.image[inside].astype(int) - value).max() <= 2


def test_canvases_are_bounded() -> None:
    """However many sizes come by."""
    canvases = Canvases((64, 64))
    for width in range(20, 60):
        canvases.fit(picture(width, 40))
    assert len(canvases._kept) <= 8


def test_stretching_fills_the_canvas() -> None:
    """Each side for itself."""
    place = stretch((1280, 720), (640, 640))
    assert (place.left, place.top, place.wide, place.high) == (0, 0, 640, 640)


def test_planes_are_red_green_and_blue() -> None:
    """0..1 for a scale of 1/255."""
    image = np.zeros((2, 3, 3), np.uint8)
    image[:] = (0, 51, 255)
    made = planes(image, np.float32, (0, 0, 0), (1 / 255,) * 3)
    assert made.shape == (1, 3, 2, 3)
    assert made[0, :, 0, 0] == pytest.approx([1, 0.2, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.uint8])
def test_planes_have_the_type_that_is_asked_for(dtype: Any) -> None:
    """Bytes stay what they are."""
    image = np.full((4, 4, 3), (10, 20, 30), np.uint8)
    made = planes(image, dtype, (10, 10, 10), (2, 2, 2))
    assert made.dtype == dtype
    assert made.flags.c_contiguous
    assert made[0, :, 0, 0].tolist() == ([30, 20, 10] if dtype is np.uint8 else [40, 20, 0])
