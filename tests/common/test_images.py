"""JPEG to arrays and back."""

import numpy as np
import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.testing import picture

IMAGE = picture(320, 240)
JPEG = images.encode(IMAGE)


def noise(width: int, height: int) -> images.Image:
    """A picture whose every block is different: smooth noise."""
    small = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    return small.repeat(8, 0).repeat(8, 1)


def test_a_picture_comes_back_nearly_as_it_was() -> None:
    """Same shape, blue stays blue."""
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, :32, 0] = 200
    back = images.decode(images.encode(image))
    assert back.shape == image.shape
    assert back.dtype == np.uint8
    assert np.abs(back.astype(int) - image)[:, :24].max() < 12


@pytest.mark.parametrize("scale", [1, 2, 4, 8])
@pytest.mark.parametrize(("width", "height"), [(320, 240), (763, 571), (16, 1), (3, 5), (1, 1)])
def test_a_reduced_picture_has_its_sides_rounded_up(width: int, height: int, scale: int) -> None:
    """Colour and grey alike."""
    jpeg = images.black(width, height)
    assert images.decode(jpeg, scale).shape == (-(-height // scale), -(-width // scale), 3)
    assert images.decode_gray(jpeg, scale).shape == (-(-height // scale), -(-width // scale))


def test_a_grey_picture_is_decoded_to_colours() -> None:
    """Three equal channels."""
    import simplejpeg

    grey = simplejpeg.encode_jpeg(IMAGE[:, :, :1].copy(), colorspace="GRAY", colorsubsampling="Gray")
    image = images.decode(grey)
    assert image.shape == IMAGE.shape
    assert (image[:, :, 0] == image[:, :, 2]).all()
    assert not images.read_header(grey).plain


@pytest.mark.parametrize("cut", range(640, 30_000, 1499))
def test_a_picture_with_missing_data_is_an_error_and_no_grey_filling(cut: int) -> None:
    """Cut in the entropy-coded data and closed again."""
    whole = images.encode(noise(640, 480))
    with pytest.raises(PermanentError) as refused:
        images.decode(whole[:cut] + b"\xff\xd9")
    assert refused.value.reason == "bad-picture"


@pytest.mark.parametrize("hostile", [b"", b"no picture", JPEG[:-2], JPEG[:300] + JPEG[400:]])
def test_what_is_no_picture_is_refused_by_both_decoders(hostile: bytes) -> None:
    """As a PermanentError, whatever libjpeg says."""
    for decode in (images.decode, images.decode_gray):
        with pytest.raises(PermanentError) as refused:
            decode(hostile)
        assert refused.value.reason == "bad-picture"


def test_a_bomb_is_not_decoded() -> None:
    """Its header is enough."""
    at = JPEG.index(b"\xff\xc0") + 5
    with pytest.raises(PermanentError) as refused:
        images.decode(JPEG[:at] + b"\xff\xff\xff\xff" + JPEG[at + 4 :])
    assert refused.value.reason == "picture-too-large"


@pytest.mark.parametrize(("width", "height"), [(768, 576), (763, 571), (762, 571), (17, 16), (3, 5), (2, 1), (1, 1)])
def test_black_is_black_in_every_pixel_of_exactly_that_size(width: int, height: int) -> None:
    """Odd sides too, where libjpeg-turbo reads one row and column more than there is."""
    jpeg = images.black(width, height)
    image = images.decode(jpeg)
    assert image.shape == (height, width, 3)
    assert not image.any()
    assert images.read_header(jpeg).plain
    assert images.black(width, height) is jpeg


def test_black_has_a_limit() -> None:
    """Nobody gets a picture by asking that no one could send."""
    with pytest.raises(PermanentError):
        images.black(65535, 65535)


@pytest.mark.parametrize("quality", [1, 50, 85, 100])
@pytest.mark.parametrize("size", [(320, 240), (33, 17), (1, 1)])
def test_what_we_encode_is_plain(quality: int, size: tuple[int, int]) -> None:
    """At every quality: the redactor may copy its bytes."""
    info = images.read_header(images.encode(picture(*size), quality))
    assert (info.width, info.height, info.plain) == (*size, True)


def test_planes_with_long_rows_are_encoded_as_they_are() -> None:
    """Colours by BT.601 in full range: 76, 85, 255 is red."""
    y, u, v = (np.full((48, 128), value, np.uint8) for value in (76, 85, 255))
    jpeg = images.encode_planes(y[:, :64], u[:24, :32], v[:24, :32])
    assert images.read_header(jpeg).plain
    assert np.abs(images.decode(jpeg).astype(int) - [0, 0, 255]).max() < 6


def test_odd_planes_give_the_same_bytes_whatever_lies_behind_them() -> None:
    """Memory that is not part of the picture never gets into it."""
    chroma = np.full((9, 9), 128, np.uint8)
    coded = set()
    for behind in (0, 90, 255):
        memory = np.full((18, 18), behind, np.uint8)
        memory[:17, :17] = 100
        coded.add(images.encode_planes(memory[:17, :17], chroma, chroma))
    assert len(coded) == 1


def test_the_checksum_is_crc32c() -> None:
    """The check value of the Castagnoli polynomial."""
    assert images.image_crc(b"123456789") == 0xE3069283


@pytest.mark.parametrize(
    ("orientation", "rows"),
    [
        (1, ["ab", "cd", "ef"]),
        (2, ["ba", "dc", "fe"]),
        (3, ["fe", "dc", "ba"]),
        (4, ["ef", "cd", "ab"]),
        (5, ["ace", "bdf"]),
        (6, ["eca", "fdb"]),
        (7, ["fdb", "eca"]),
        (8, ["bdf", "ace"]),
    ],
)
def test_upright_follows_the_exif_table(orientation: int, rows: list[str]) -> None:
    """EXIF 2.3, tag 0x0112: where the first row and column of the stored picture belong."""
    stored = np.array([[list(b"aaa"), list(b"bbb")], [list(b"ccc"), list(b"ddd")], [list(b"eee"), list(b"fff")]])
    image = images.upright(stored.astype(np.uint8), orientation)
    assert [bytes(row[:, 0].tolist()).decode() for row in image] == rows
    assert image.flags.c_contiguous
