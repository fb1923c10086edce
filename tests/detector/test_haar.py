"""The backend `haar` on drawn faces and on pictures without any.

Nothing here says how many real faces it finds: there are none to try. The cascades were trained on photographs; what is
drawn below shows that each of the three ways is searched, and that boxes come out where the face is.
"""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common.errors import PermanentError
from libs.common.messages import Box, Frame, replace
from services.detector.backends.haar import Haar
from services.detector.picture import Picture
from tests.detector.clip import frame_of

Image = NDArray[np.uint8]
GRAY, PALE = 110, 217
SPOT = (200, 100, 400, 300)
"""Left, top, right, bottom of the drawn face in a picture of 640x480."""


def ellipse(image: Image, centre: tuple[float, float], axes: tuple[float, float], value: int) -> None:
    """In shares of the picture's side."""
    side = len(image)
    x, y, a, b = (round(part * side) for part in (*centre, *axes))
    cv2.ellipse(image, (x, y), (a, b), 0, 0, 360, value, -1)


def front(side: int = 200) -> Image:
    """(side, side) grey: a bright oval with dark eyes and brows, a bright nose, a mouth."""
    image = np.full((side, side), GRAY, np.uint8)
    ellipse(image, (0.5, 0.5), (0.30, 0.40), 200)
    for x in (0.37, 0.63):
        ellipse(image, (x, 0.42), (0.09, 0.05), 90)
        ellipse(image, (x, 0.35), (0.10, 0.025), 70)
        ellipse(image, (x, 0.42), (0.03, 0.03), 30)
    ellipse(image, (0.5, 0.51), (0.03, 0.10), 225)
    ellipse(image, (0.5, 0.62), (0.06, 0.02), 120)
    ellipse(image, (0.5, 0.73), (0.11, 0.03), 100)
    return cv2.GaussianBlur(image, (0, 0), side * 0.02).astype(np.uint8)


def profile(side: int = 200) -> Image:
    """(side, side) grey: the same from the side, looking left."""
    image = np.full((side, side), PALE, np.uint8)
    ellipse(image, (0.571, 0.449), (0.446, 0.428), 39)
    ellipse(image, (0.425, 0.518), (0.233, 0.326), 206)
    ellipse(image, (0.183, 0.617), (0.055, 0.045), 206)
    ellipse(image, (0.373, 0.391), (0.055, 0.049), 99)
    ellipse(image, (0.385, 0.372), (0.119, 0.029), 99)
    ellipse(image, (0.341, 0.681), (0.065, 0.037), 83)
    ellipse(image, (0.523, 0.892), (0.204, 0.169), 162)
    return cv2.GaussianBlur(image, (0, 0), side * 0.025).astype(np.uint8)


def picture_of(face: Image, background: int) -> Frame:
    """640x480 with the face in its spot."""
    image = np.full((480, 640), background, np.uint8)
    left, top, right, bottom = SPOT
    image[top:bottom, left:right] = face
    return frame_of(np.stack([image] * 3, axis=-1))


def centre_is_in_the_spot(box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2 * 640, (box[1] + box[3]) / 2 * 480
    return SPOT[0] < x < SPOT[2] and SPOT[1] < y < SPOT[3]


@pytest.mark.parametrize(
    "frame",
    [picture_of(front(), GRAY), picture_of(profile(), PALE), picture_of(profile()[:, ::-1], PALE)],
    ids=["front", "looking-left", "looking-right"],
)
@pytest.mark.parametrize("side", [240, 480])
def test_a_drawn_face_is_found_where_it_is(frame: Frame, side: int) -> None:
    """Once, however many of the cascades see it."""
    (found,) = Haar(side).look(Picture(frame))
    assert found.label == "face"
    assert centre_is_in_the_spot(found.box)
    assert 0.5 <= found.confidence <= 1


def test_a_face_in_a_part_of_a_picture_is_found_in_that_part() -> None:
    """Small things are enlarged: a part is searched at the working size, too."""
    part = Picture(picture_of(front(), GRAY)).part((0.25, 0.125, 0.6875, 0.75))
    (found,) = Haar(320).look(part)
    assert centre_is_in_the_spot(part.back(found.box))


def test_a_face_of_less_than_20_pixels_is_not_seen() -> None:
    """So a smaller working size misses small faces: this one is 19 pixels wide where the longer side has 60."""
    picture = Picture(picture_of(profile(), PALE))
    assert Haar(240).look(picture)
    assert Haar(60).look(picture) == ()


def test_a_street_seldom_has_something_that_is_taken_for_a_face(street: list[Frame]) -> None:
    """The people of the demo clip are too far away for theirs to be seen."""
    haar = Haar()
    assert sum(len(haar.look(Picture(frame))) for frame in street[::80]) <= 1


def test_a_still_is_looked_at() -> None:
    """It needs no history."""
    assert Haar().look(Picture(replace(picture_of(front(), GRAY), still=True)))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (19, 19), (2000, 20)])
def test_a_picture_of_any_size_is_looked_at(size: tuple[int, int]) -> None:
    """Smaller than the smallest face, too."""
    assert Haar().look(Picture(frame_of(np.full((size[1], size[0], 3), 90, np.uint8)))) == ()


def test_a_damaged_picture_is_refused(street: list[Frame]) -> None:
    """It cannot be looked at by trying again."""
    with pytest.raises(PermanentError):
        Haar().look(Picture(replace(street[0], image=street[0].image[:2000])))


def test_it_says_what_it_looks_for() -> None:
    """One thread, whatever the machine has; only faces, so nobody is promised a person."""
    assert (Haar().model, Haar().labels) == ("haar", ("face",))
    assert cv2.getNumThreads() == 1
