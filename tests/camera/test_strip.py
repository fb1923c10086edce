"""The strip says which picture it is, or nothing."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from tests.camera import strip
from tests.camera.scene import Scene
from tests.camera.strip import Stamp

SCENE = Scene(seed=1)
STAMPS = [Stamp(0, 0, 0), Stamp(255, 0xFFFFFFFF, 0xFFFFFF), Stamp(7, 0xDEADBEEF, 12345), Stamp(1, 1, 1)]

Image = NDArray[np.uint8]


def stamped(stamp: Stamp, scene: Scene = SCENE) -> Image:
    return scene.image(stamp.seq, stamp)


def resized(image: Image, factor: float) -> Image:
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("quality", [40, 60, 85, 95])
def test_it_survives_jpeg(quality: int) -> None:
    """Every field at its ends and between, and coded twice, as the redactor does."""
    for stamp in STAMPS:
        once = images.decode(images.encode(stamped(stamp), quality))
        assert strip.read(once) == stamp
        assert strip.read(images.decode(images.encode(once, quality))) == stamp


@pytest.mark.parametrize("size", [(320, 192), (640, 384), (704, 576), (1280, 720), (1000, 700)])
def test_it_survives_half_the_size(size: tuple[int, int]) -> None:
    """Cells are a fortieth of the picture's width, whatever that is."""
    scene = Scene(seed=1, width=size[0], height=size[1])
    for stamp in STAMPS:
        whole = stamped(stamp, scene)
        assert strip.read(whole) == stamp
        assert strip.read(images.decode(images.encode(resized(whole, 0.5), 60))) == stamp


def test_it_survives_black_boxes_elsewhere() -> None:
    """Everything below it may be covered, to the next sixteen pixels."""
    image = stamped(STAMPS[2])
    image[48:] = 0
    assert strip.read(images.decode(images.encode(image, 50))) == STAMPS[2]


def test_a_strip_that_is_covered_in_part_says_nothing() -> None:
    """A black box, sixteen pixels wide, over white bits; at the borders it does no harm."""
    for column in range(strip.COLUMNS):
        image = stamped(STAMPS[1])
        image[:48, 16 * column : 16 * column + 16] = 0
        assert strip.read(image) == (None if 4 <= column < 36 else STAMPS[1])


@pytest.mark.parametrize("shade", [0, 16, 128, 255])
def test_a_picture_of_one_shade_says_nothing(shade: int) -> None:
    """Withheld ones are black."""
    image = np.full((384, 640, 3), shade, np.uint8)
    assert strip.read(image) is None
    assert strip.read(images.decode(images.encode(image, 40))) is None
    assert strip.read(images.decode(images.black(640, 384))) is None


def test_a_picture_without_a_strip_says_nothing() -> None:
    """A scene, and pictures that are too small for one."""
    assert strip.read(SCENE.image(3)) is None
    for height, width in ((1, 1), (10, 640), (384, 1), (3, 40)):
        assert strip.read(np.zeros((height, width, 3), np.uint8)) is None


def test_random_bits_say_nothing() -> None:
    """Ten thousand strips with the right borders: the checksum decides."""
    rng = np.random.default_rng(4)
    image = np.zeros((12, 160, 3), np.uint8)
    strip.write(image, STAMPS[0])
    for _ in range(10_000):
        cells = rng.integers(0, 2, (3, 32), np.uint8) * 255
        image[:, 16:-16] = cells.repeat(4, axis=0).repeat(4, axis=1)[:, :, None]
        assert strip.read(image) is None


def test_one_wrong_cell_is_noticed() -> None:
    """Each of the 96, black for white and white for black."""
    for row in range(strip.ROWS):
        for column in range(4, 36):
            image = stamped(STAMPS[2])
            cell = image[16 * row : 16 * row + 16, 16 * column : 16 * column + 16]
            cell[:] = 255 - cell
            assert strip.read(image) is None


def test_darker_and_flatter_pictures_are_read_by_their_own_black_and_white() -> None:
    """A quarter of the contrast, and more light on the right."""
    flat = (stamped(STAMPS[2]) * 0.25).astype(np.uint8)
    assert strip.read(flat) == STAMPS[2]
    light = np.linspace(0, 60, 640)[None, :, None]
    assert strip.read((stamped(STAMPS[2]) * 0.6 + light).astype(np.uint8)) == STAMPS[2]


def test_a_number_that_does_not_fit_is_refused() -> None:
    """Nothing is cut off in silence."""
    for stamp in (Stamp(256, 0, 0), Stamp(0, 1 << 32, 0), Stamp(0, 0, 1 << 24), Stamp(0, 0, -1)):
        with pytest.raises(OverflowError):
            strip.write(np.zeros((48, 640, 3), np.uint8), stamp)


def test_a_stamp_names_its_frame() -> None:
    """As messages do."""
    assert STAMPS[2].frame_id == "cam7/deadbeef/12345"
