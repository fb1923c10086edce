"""JPEGs that can be taken apart and put together again without decoding."""

import re

import numpy as np
import pytest

from libs.common import images, jpeg_bands
from libs.common.testing import picture
from tests.common.banded import SIZES, banded, bands_of, head_of, planes

WIDTH, HEIGHT = 80, 640
JPEG = banded(WIDTH, HEIGHT)
HEAD, BANDS = head_of(JPEG), bands_of(JPEG, HEIGHT)
SECOND = JPEG.index(b"\xff\xd1", len(HEAD))


def changed(number: int, scan: bytes) -> bytes:
    """The picture with another band in place of one of its own."""
    return jpeg_bands.join(HEAD, [*BANDS[:number], scan, *BANDS[number + 1 :]])


NOT_OURS = {
    "empty": b"",
    "header alone": HEAD,
    "one picture in one piece": images.encode_planes(*planes(WIDTH, HEIGHT)),
    "of another quality": banded(WIDTH, HEIGHT, quality=84),
    "narrower": banded(WIDTH - 1, HEIGHT),
    "a band less": jpeg_bands.join(HEAD, BANDS[:-1]),
    "a band more": jpeg_bands.join(HEAD, [*BANDS, BANDS[0]]),
    "restart missing": JPEG[:SECOND] + JPEG[SECOND + 2 :],
    "restart twice": JPEG[:SECOND] + b"\xff\xd1" + JPEG[SECOND:],
    "restart of another number": JPEG[: SECOND + 1] + b"\xd2" + JPEG[SECOND + 2 :],
    "restart inside": changed(2, BANDS[2][:20] + b"\xff\xd2" + BANDS[2][20:]),
    "end inside": changed(2, BANDS[2][:20] + b"\xff\xd9" + BANDS[2][20:]),
    "comment inside": changed(2, BANDS[2] + b"\xff\xfe\x00\x04hi"),
    "fill byte": changed(2, BANDS[2] + b"\xff"),
    "fill byte at the end": changed(9, BANDS[9] + b"\xff"),
    "another interval": JPEG.replace(b"\xff\xdd\x00\x04\x00\x14", b"\xff\xdd\x00\x04\x00\x05"),
    "no end": JPEG[:-2],
    "half an end": JPEG[:-1],
    "cut": JPEG[: SECOND + 9],
    "cut and closed": JPEG[: SECOND + 9] + b"\xff\xd9",
    "trailer": JPEG + b"\0",
    "trailing byte of a marker": JPEG + b"\xff",
    "second picture": JPEG + JPEG,
    "comment": JPEG[:2] + b"\xff\xfe\x00\x04hi" + JPEG[2:],
    "other table": HEAD[:30] + b"\x7f" + JPEG[31:],
}


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_in_bands_shows_the_same_as_one_in_one_piece(size: tuple[int, int]) -> None:
    """Pixel for pixel, at every scale, in colour and grey; and its bytes are plain."""
    whole, bands = images.encode_planes(*planes(*size)), banded(*size)
    info = images.read_header(bands)
    assert (info.width, info.height, info.plain) == (*size, True)
    for scale in (1, 2, 4, 8):
        assert (images.decode_gray(bands, scale) == images.decode_gray(whole, scale)).all()
        # One pixel wide or high is 4:2:0 only in bands.
        if min(size) > 1:
            assert (images.decode(bands, scale) == images.decode(whole, scale)).all()


@pytest.mark.parametrize("size", SIZES)
def test_what_is_joined_can_be_split(size: tuple[int, int]) -> None:
    """To the byte."""
    jpeg = banded(*size)
    bands = bands_of(jpeg, size[1])
    assert len(bands) == -(-size[1] // jpeg_bands.ROWS)
    assert jpeg_bands.join(head_of(jpeg), bands) == jpeg


def test_a_band_is_coded_as_if_it_were_the_whole_picture() -> None:
    """Bit for bit; so one can take the place of another."""
    y, u, v = planes(WIDTH, HEIGHT)
    for number, top in enumerate(jpeg_bands.tops(HEIGHT)):
        alone = images.encode_planes(y[top : top + 64], u[top // 2 : top // 2 + 32], v[top // 2 : top // 2 + 32])
        assert jpeg_bands.scan(alone, HEAD) == BANDS[number]


def test_restart_markers_count_to_eight_again_and_again() -> None:
    """Ten bands; a decoder notices what is missing."""
    assert re.findall(rb"\xff([\xd0-\xd7])", JPEG[len(HEAD) :]) == [bytes([0xD0 + at % 8]) for at in range(9)]


@pytest.mark.parametrize("quality", [1, 10, 50, 85, 100])
def test_the_header_is_that_of_one_piece_with_a_restart_interval(quality: int) -> None:
    """Both encoders of ours write it; at quality 1 all of the tables is 255."""
    sample = images.encode(np.zeros((5, WIDTH, 3), np.uint8), quality)
    head = jpeg_bands.header(sample, WIDTH, HEIGHT)
    assert banded(WIDTH, HEIGHT, quality=quality).startswith(head)
    whole = head_of(images.encode(np.zeros((HEIGHT, WIDTH, 3), np.uint8), quality))
    assert head.replace(b"\xff\xdd\x00\x04\x00\x14", b"") == whole


@pytest.mark.parametrize("jpeg", NOT_OURS.values(), ids=NOT_OURS)
def test_nothing_else_is_split(jpeg: bytes) -> None:
    """One byte too many, too few or another one outside of the bands is enough."""
    assert jpeg_bands.split(jpeg, HEAD, HEIGHT) is None


def test_another_height_than_that_of_the_header_is_not_split() -> None:
    """As many bands as the picture needs."""
    assert jpeg_bands.split(JPEG, HEAD, HEIGHT + 1) is None


def test_bands_add_less_than_half_a_percent() -> None:
    """To a picture of 720p."""
    y = picture(1280, 720)[:, :, 2]
    y = (y // 2 + np.random.default_rng(0).integers(0, 100, (90, 160), np.uint8).repeat(8, 0).repeat(8, 1)).astype(
        np.uint8
    )
    u = v = np.ascontiguousarray(y[::2, ::2])
    whole, bands = images.encode_planes(y, u, v), images.encode_bands(y, u, v)
    assert len(bands) < len(whole) * 1.005
