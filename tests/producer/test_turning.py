"""Pictures are turned as asked: the stream's own turn, then --rotate, then --flip, on decoded pictures and on JPEGs."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common import images
from services.producer.pictures.pictures import PictureEncoder
from services.producer.pictures.resize import Resize
from services.producer.pictures.turning import Turning, clockwise, flipped, oriented
from tests.common.jpeg_tools import exif

FLIPS = (None, "horizontal", "vertical", "both")
ANGLES = (0, 90, 180, 270)
STORED = (lambda image: image, np.fliplr, lambda image: np.rot90(image, 2), np.flipud)
"""Orientations 1..4: how a camera stores what stands upright; 5..8 are these with rows and columns swapped."""


def drawn() -> images.Image:
    """96 x 64, each corner another colour, a line near the left: no turn of it looks like another."""
    image = np.full((64, 96, 3), 128, np.uint8)
    image[:32, :48], image[:32, 48:], image[32:, 48:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    image[:, 16:32] = 255
    return image


def asked(image: images.Image, angle: int, flip: str | None) -> images.Image:
    """By numpy's own words: clockwise, then mirrored."""
    turned = np.rot90(image, -angle // 90)
    turned = np.fliplr(turned) if flip in ("horizontal", "both") else turned
    return np.flipud(turned) if flip in ("vertical", "both") else turned


def stored(image: images.Image, orientation: int) -> images.Image:
    """As a camera would store it that says so in EXIF."""
    if orientation <= 4:
        return STORED[orientation - 1](image)
    return (
        np.rot90(np.fliplr(image), 1)
        if orientation == 5
        else {
            6: np.rot90(image, 1),
            7: np.rot90(np.fliplr(image), -1),
            8: np.rot90(image, -1),
        }[orientation]
    )


def jpeg_of(image: images.Image, orientation: int) -> bytes:
    """As from the camera: with EXIF, but for an upright one."""
    jpeg = images.encode(np.ascontiguousarray(stored(image, orientation)), 95)
    return jpeg if orientation == 1 else jpeg[:2] + exif(">", (0x0112, 3, 1, orientation)) + jpeg[2:]


def is_same(jpeg: bytes, image: images.Image) -> bool:
    """Up to what coding does at the edges of colours."""
    back = images.decode(jpeg).astype(int)
    return back.shape == image.shape and float(np.abs(back - image).mean()) < 4


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("angle", ANGLES)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_as_asked(orientation: int, angle: int, flip: str | None) -> None:
    """Whatever its EXIF says; only where all turns together leave it as it is its bytes stay."""
    turning = clockwise(angle).then(flipped(flip))
    picture = PictureEncoder(95, turning=turning).encode(jpeg_of(drawn(), orientation))
    assert is_same(picture.jpeg, asked(drawn(), angle, flip))
    as_it_is = np.array_equal(asked(drawn(), angle, flip), stored(drawn(), orientation))
    assert picture.by == ("foreign" if as_it_is else "framebus")
    assert images.read_header(picture.jpeg).orientation == 1


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("angle", ANGLES)
def test_a_decoded_picture_is_turned_as_asked(angle: int, flip: str | None) -> None:
    """Its planes are, of whole and of half size."""
    frame = VideoFrame.from_ndarray(drawn(), "bgr24").reformat(format="yuv420p")
    picture = PictureEncoder(95, turning=clockwise(angle).then(flipped(flip))).encode(frame)
    assert is_same(picture.jpeg, asked(drawn(), angle, flip))


@pytest.mark.parametrize("angle", ANGLES)
@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize(
    ("size", "shrunk"), [(Resize(width=32), None), (Resize(48, 16), None), (Resize(factor=0.5), 2)]
)
def test_a_size_is_that_of_the_turned_picture(orientation: int, angle: int, size: Resize, shrunk: int | None) -> None:
    """A width is the width that a reader sees."""
    picture = PictureEncoder(95, size, clockwise(angle)).encode(jpeg_of(drawn(), orientation))
    height, width = asked(drawn(), angle, None).shape[:2]
    assert (picture.width, picture.height) == size.of(width, height)
    assert images.decode(picture.jpeg).shape == (picture.height, picture.width, 3)
    if shrunk:
        assert is_same(picture.jpeg, asked(drawn(), angle, None)[::shrunk, ::shrunk])


def test_turns_of_all_kinds_make_one() -> None:
    """Every two of the eight, against doing one after the other."""
    plane = np.arange(6, dtype=np.uint8).reshape(2, 3)
    eight = [Turning(swapped, down, left) for swapped in (0, 1) for down in (0, 1) for left in (0, 1)]
    for first in eight:
        for second in eight:
            assert (first.then(second).of(plane) == second.of(first.of(plane))).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_is_undone_as_everywhere(orientation: int) -> None:
    """The detector and the redactor turn pictures with `images.upright`."""
    image = drawn()
    expected = images.upright(image, orientation)
    assert (oriented(orientation).of(image[:, :, 0]) == expected[:, :, 0]).all()


def test_what_need_not_be_turned_is_not_copied() -> None:
    """The same array."""
    plane = np.zeros((2, 3), np.uint8)
    assert clockwise(360).of(plane) is plane
