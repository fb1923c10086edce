"""Who can still be seen in a picture, whatever was tried to hide them."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from services.redactor.cover import covered, to_blocks
from tests.camera.people import inside, uncovered
from tests.camera.scene import Scene

SCENE = Scene(seed=1)
SEQ = 50
PEOPLE = SCENE.people(SEQ)
IMAGE = SCENE.image(SEQ)
SEEN = [person.id for person in PEOPLE if person.visible]

Image = NDArray[np.uint8]


def changed(change: Callable[[Image], NDArray[Any]]) -> Image:
    """The picture with something done to everybody's box."""
    image = IMAGE.copy()
    for person in PEOPLE:
        part = inside(person.box, SCENE.width, SCENE.height)
        image[part] = change(image[part])
    return image


def blurred(sigma: float) -> Callable[[Image], NDArray[Any]]:
    return lambda part: cv2.GaussianBlur(part, (0, 0), sigma)


def mosaic(part: Image) -> NDArray[Any]:
    """Two by three flat fields."""
    height, width, _ = part.shape
    return cv2.resize(cv2.resize(part, (2, 3), interpolation=cv2.INTER_AREA), (width, height), interpolation=0)


def grey(part: Image) -> NDArray[Any]:
    return cv2.cvtColor(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("quality", [10, 40, 85, 95])
def test_everybody_is_seen_in_the_picture_of_the_camera(quality: int) -> None:
    """At any quality of JPEG; nobody can see who is behind the pillar."""
    assert len(SEEN) == len(PEOPLE) - 1 == 5
    assert uncovered(images.decode(images.encode(IMAGE, quality)), PEOPLE) == SEEN


@pytest.mark.parametrize("quality", [40, 85, 95])
@pytest.mark.parametrize("margin", [0, 0.15])
def test_nobody_is_seen_behind_what_the_redactor_draws(quality: int, margin: float) -> None:
    """Black on the grid of blocks, coded anew."""
    boxes = [(max(0, x0) / 640, y0 / 384, min(640, x1) / 640, y1 / 384) for x0, y0, x1, y1 in (p.box for p in PEOPLE)]
    before = images.encode(IMAGE)
    jpeg = covered(before, images.read_header(before), to_blocks(boxes, margin, 640, 384), quality)
    assert uncovered(images.decode(jpeg), PEOPLE) == []


def test_nobody_is_seen_in_a_withheld_picture() -> None:
    """It is black."""
    assert uncovered(images.decode(images.black(640, 384)), PEOPLE) == []


@pytest.mark.parametrize(
    "change", [blurred(5), blurred(15), blurred(40), mosaic, grey, lambda part: part // 2, np.invert]
)
def test_what_is_no_solid_cover_hides_nobody(change: Callable[[Image], NDArray[Any]]) -> None:
    """Blurred, in large fields, without colour, half transparent, as a negative."""
    assert uncovered(images.decode(images.encode(changed(change), 60)), PEOPLE) == SEEN


def test_the_whole_picture_blurred_hides_nobody() -> None:
    """The background mixes in."""
    assert uncovered(np.asarray(cv2.GaussianBlur(IMAGE, (0, 0), 12), np.uint8), PEOPLE) == SEEN


def test_the_one_who_was_forgotten_is_named() -> None:
    """And nobody else."""
    for forgotten in PEOPLE:
        image = changed(np.zeros_like)
        part = inside(forgotten.box, SCENE.width, SCENE.height)
        image[part] = IMAGE[part]
        assert (forgotten.id in uncovered(image, PEOPLE)) == bool(forgotten.visible)


def test_a_foot_is_enough() -> None:
    """A cover that ends a twentieth of the person too early."""
    image = IMAGE.copy()
    for person in PEOPLE:
        left, top, right, bottom = person.box
        image[inside((left, top, right, bottom - (bottom - top) // 20), SCENE.width, SCENE.height)] = 0
    assert uncovered(image, [person for person in PEOPLE if person.visible == 1]) == [
        person.id for person in PEOPLE if person.visible == 1
    ]


def test_people_are_found_in_half_the_picture() -> None:
    """With boxes of half the size."""
    half = np.asarray(cv2.resize(IMAGE, (320, 192), interpolation=cv2.INTER_AREA), np.uint8)
    people = [person.scaled(0.5) for person in PEOPLE]
    assert uncovered(half, people) == SEEN
    for person in people:
        half[inside(person.box, 320, 192)] = 0
    assert uncovered(half, people) == []


def test_the_background_looks_like_nobody() -> None:
    """A scene without people, coded badly, asked for people in every place."""
    empty = images.decode(images.encode(Scene(seed=3, people=0).image(0), 40))
    assert uncovered(empty, PEOPLE) == []
