"""The backend `hog` on the demo clip and on pictures that break careless callers of OpenCV."""

import numpy as np
import pytest

from libs.common.errors import PermanentError
from libs.common.messages import Frame, replace
from services.detector.backends.hog import Hog
from services.detector.picture import Picture
from tests.detector.clip import Truth, frame_of


def test_it_finds_more_than_half_of_the_people_of_the_demo_clip(street: list[Frame], street_truth: Truth) -> None:
    """A person counts as found where a box overlaps them by half (IoU)."""
    hog, frames = Hog(), sorted(street_truth)[::4]
    marked = found = 0
    for seq in frames:
        boxes = [each.box for each in hog.look(Picture(street[seq]))]
        marked += len(street_truth[seq])
        found += sum(any(overlap(box, person) >= 0.5 for box in boxes) for person in street_truth[seq])
    assert marked >= 40
    assert found / marked > 0.5


def test_what_it_finds_is_called_person_and_lies_inside_the_picture(street: list[Frame]) -> None:
    """Most certain first."""
    found = Hog().look(Picture(street[208]))
    assert {each.label for each in found} == {"person"}
    assert all(0 <= edge <= 1 for each in found for edge in each.box)
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)


def test_a_still_is_looked_at(street: list[Frame]) -> None:
    """It needs no history."""
    assert Hog().look(Picture(replace(street[208], still=True)))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (63, 127), (2000, 20)])
def test_a_picture_smaller_than_the_window_is_looked_at(size: tuple[int, int]) -> None:
    """OpenCV alone would read beyond it and die."""
    assert Hog().look(Picture(frame_of(np.full((size[1], size[0], 3), 90, np.uint8)))) == ()


def test_a_damaged_picture_is_refused(street: list[Frame]) -> None:
    """It cannot be looked at by trying again."""
    with pytest.raises(PermanentError):
        Hog().look(Picture(replace(street[0], image=street[0].image[:2000])))


def overlap(box: tuple[float, float, float, float], person: tuple[int, int, int, int]) -> float:
    """Intersection over union, the box in 0..1 of the clip's 768x576 pixels."""
    left, top, right, bottom = box[0] * 768, box[1] * 576, box[2] * 768, box[3] * 576
    wide = max(0.0, min(right, person[0] + person[2]) - max(left, person[0]))
    high = max(0.0, min(bottom, person[1] + person[3]) - max(top, person[1]))
    both = (right - left) * (bottom - top) + person[2] * person[3]
    return wide * high / (both - wide * high)
