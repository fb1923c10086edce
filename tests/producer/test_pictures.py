"""Decoded pictures become JPEG with the right colours, in the right size; the camera's own JPEGs are passed on."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common import images, jpeg_bands
from libs.common.errors import PermanentError
from libs.common.messages import MAX_JPEG_BYTES
from libs.common.testing import picture
from services.producer.pictures.pictures import Picture, PictureEncoder
from services.producer.pictures.resize import Resize
from services.producer.pictures.turning import clockwise
from tests.common.jpeg_tools import frame_header, segment

RED = (40, 50, 220)
"""Blue, green, red."""


def flat(name: str, width: int = 64, height: int = 48) -> VideoFrame:
    """A picture of one colour in some pixel format."""
    image = np.full((height, width, 3), RED, np.uint8)
    return VideoFrame.from_ndarray(image, "bgr24").reformat(format=name)


def coded(frame: VideoFrame, resize: Resize | None = None) -> images.Image:
    """What a reader sees."""
    sent = PictureEncoder(95, resize).encode(frame)
    assert images.read_header(sent.jpeg).plain
    image = images.decode(sent.jpeg)
    assert image.shape == (sent.height, sent.width, 3)
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
    sent = PictureEncoder(85).encode(flat("yuv420p", width, height))
    head = jpeg_bands.header(images.encode(np.zeros((1, width, 3), np.uint8), 85), width, height)
    bands = jpeg_bands.split(sent.jpeg, head, height)
    assert bands is not None
    assert len(bands) == -(-height // 64)


def noise(width: int, height: int) -> VideoFrame:
    """Full range, every second pixel another: nothing that a JPEG makes small."""
    planes = np.random.default_rng(0).integers(0, 255, (height * 3 // 2, width // 2), np.uint8).repeat(2, axis=1)
    return VideoFrame.from_ndarray(np.ascontiguousarray(planes), "yuvj420p")


def refusal(encoder: PictureEncoder, picture: VideoFrame | bytes) -> str:
    """Why it is not sent."""
    with pytest.raises(PermanentError) as refused:
        encoder.encode(picture)
    return refused.value.reason


def test_a_large_jpeg_is_coded_coarser() -> None:
    """Once, if that makes it fit into a message."""
    frame = noise(1600, 1200)
    fine, coarse = PictureEncoder(100).encode(frame), PictureEncoder(50).encode(frame)
    assert fine.jpeg == coarse.jpeg


def test_what_is_still_too_large_is_refused() -> None:
    """With how to make it smaller."""
    assert refusal(PictureEncoder(100), noise(4000, 3000)) == "too-large"


def test_a_cameras_jpeg_is_not_coded_again() -> None:
    """Its bytes are passed on, and whose they are is said."""
    jpeg = images.encode(np.full((48, 64, 3), RED, np.uint8), 33)
    sent = PictureEncoder(85).encode(jpeg)
    assert sent == Picture(jpeg, 64, 48, by="foreign")


def test_a_cameras_jpeg_loses_its_metadata() -> None:
    """A thumbnail, a place, a serial number."""
    jpeg = images.encode(np.full((48, 64, 3), RED, np.uint8), 33)
    sent = PictureEncoder(85).encode(jpeg[:2] + segment(0xE1, b"Exif\0\0 serial number") + jpeg[2:] + b"trailer")
    assert sent == Picture(jpeg, 64, 48, by="foreign")


def test_a_cameras_jpeg_is_made_smaller() -> None:
    """Then it is ours, with the same colours."""
    jpeg = images.encode(np.full((480, 640, 3), RED, np.uint8), 95)
    sent = PictureEncoder(95, Resize(width=100)).encode(jpeg)
    assert (sent.width, sent.height, sent.by) == (100, 75, "framebus")
    assert np.abs(images.decode(sent.jpeg).astype(int) - RED).max() <= 5


def test_a_cameras_jpeg_that_has_its_size_already_is_passed_on() -> None:
    """Nothing is to be done to it."""
    jpeg = images.encode(np.full((48, 64, 3), RED, np.uint8))
    assert PictureEncoder(95, Resize(width=64)).encode(jpeg).by == "foreign"


def test_a_cameras_jpeg_too_large_for_a_message_is_coded_again() -> None:
    """At our quality, which makes it fit."""
    fine = PictureEncoder(60).encode(noise(1600, 1200)).jpeg
    large = images.encode(images.decode(fine), 100)
    assert len(large) > MAX_JPEG_BYTES
    assert PictureEncoder(40).encode(large).by == "framebus"


@pytest.mark.parametrize("cut", [0, 1, 100, 500, -2, -1])
def test_a_damaged_jpeg_is_refused(cut: int) -> None:
    """It never gets to a reader."""
    jpeg = images.encode(np.full((48, 64, 3), RED, np.uint8))
    assert refusal(PictureEncoder(85), jpeg[:cut]) == "bad-picture"


def test_a_jpeg_with_damage_inside_is_refused_where_it_is_decoded() -> None:
    """As where it is to be turned."""
    jpeg = bytearray(images.encode(picture(320, 240)))
    jpeg[-900:-2] = bytes(898)
    assert refusal(PictureEncoder(85, turning=clockwise(90)), bytes(jpeg)) == "bad-picture"


@pytest.mark.parametrize(("width", "height"), [(65535, 65535), (8000, 4001), (1, 65535)])
def test_a_bomb_is_not_decoded(width: int, height: int) -> None:
    """Whoever asks for it to be made small."""
    assert refusal(PictureEncoder(85, Resize(width=64)), frame_header(width, height)) == "picture-too-large"


def test_nothing_is_made_larger_than_readers_take() -> None:
    """A factor of 4 makes 16 times the pixels."""
    assert refusal(PictureEncoder(85, Resize(factor=4.0)), flat("yuv420p", 1600, 1280)) == "picture-too-large"
