"""Decoded pictures become JPEG with the right colours, upright, in the right size."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common import images, jpeg_bands
from services.producer.pictures import PictureEncoder
from services.producer.resize import Resize

RED = (40, 50, 220)
"""Blue, green, red."""


def flat(name: str, width: int = 64, height: int = 48) -> VideoFrame:
    """A picture of one colour in some pixel format."""
    image = np.full((height, width, 3), RED, np.uint8)
    return VideoFrame.from_ndarray(image, "bgr24").reformat(format=name)


def coded(frame: VideoFrame, resize: Resize | None = None) -> images.Image:
    """What a reader sees."""
    picture = PictureEncoder(95, resize).encode(frame)
    assert picture is not None
    assert images.read_header(picture.jpeg).plain
    image = images.decode(picture.jpeg)
    assert image.shape == (picture.height, picture.width, 3)
    return image


@pytest.mark.parametrize(
    "name",
    ["yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "yuyv422", "bgr24", "rgb24", "yuv420p10le"],
)
@pytest.mark.parametrize("resize", [None, Resize(width=32)], ids=["same", "smaller"])
def test_colours_survive_in_every_pixel_format(name: str, resize: Resize | None) -> None:
    """Limited and full range, planar and packed, 8 and 10 bits."""
    assert np.abs(coded(flat(name), resize).astype(int) - RED).max() <= 5


def test_the_limited_range_is_stretched_to_black_and_white() -> None:
    """16 is black, 235 is white, 128 stays without colour."""
    planes = np.full((72, 64), 128, np.uint8)
    planes[:24], planes[24:48] = 16, 235
    image = coded(VideoFrame.from_ndarray(planes, "yuv420p"))
    assert not image[:16].any()
    assert (image[32:] == 255).all()


def test_a_full_range_is_left_alone() -> None:
    """Of a camera that says so without saying yuvj."""
    frame = VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), "yuv420p")
    frame.color_range = 2
    assert np.abs(coded(frame).astype(int) - 128).max() <= 1


@pytest.mark.parametrize(("width", "height"), [(63, 47), (1, 1), (17, 48), (1000, 2)])
def test_odd_sizes_are_kept(width: int, height: int) -> None:
    """To the pixel."""
    assert coded(flat("yuv420p", width, height)).shape == (height, width, 3)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (63, 197), (1, 1), (641, 65)])
def test_pictures_are_in_bands_that_the_redactor_can_take_apart(width: int, height: int) -> None:
    """Of this quality and size, to the byte."""
    picture = PictureEncoder(85).encode(flat("yuv420p", width, height))
    assert picture is not None
    head = jpeg_bands.header(images.encode(np.zeros((1, width, 3), np.uint8), 85), width, height)
    bands = jpeg_bands.split(picture.jpeg, head, height)
    assert bands is not None
    assert len(bands) == -(-height // 64)


def test_a_large_jpeg_is_coded_coarser() -> None:
    """Until it fits into a message."""
    noise = np.random.default_rng(0).integers(0, 255, (2000, 1600), np.uint8).repeat(2, axis=1)[: 1200 * 3 // 2]
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(noise), "yuvj420p")
    fine, coarse = PictureEncoder(100).encode(frame), PictureEncoder(50).encode(frame)
    assert fine is not None
    assert coarse is not None
    assert fine.jpeg == coarse.jpeg
