"""Areas that operators write down: what counts, and what the one line says about what does not."""

import pytest

from libs.common.errors import SettingsError
from libs.common.polygons import MOST_CORNERS, polygon

SQUARE = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]


def test_corners_become_a_polygon_of_floats() -> None:
    """In their order."""
    assert polygon(SQUARE, "here") == ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def test_a_closed_ring_is_the_same_polygon() -> None:
    """GeoJSON and many drawing tools repeat the first corner."""
    assert polygon([*SQUARE, SQUARE[0]], "here") == polygon(SQUARE, "here")


def test_a_box_is_its_four_corners() -> None:
    """Left, top, right, bottom, as boxes are everywhere in framebus."""
    assert polygon({"box": [0.1, 0.2, 0.3, 0.4]}, "here") == ((0.1, 0.2), (0.3, 0.2), (0.3, 0.4), (0.1, 0.4))


def test_a_polygon_may_be_hollowed_and_have_many_corners() -> None:
    """A saw with as many teeth as are allowed."""
    teeth = [[n / 62, 0.2 if n % 2 else 0.4] for n in range(MOST_CORNERS - 2)]
    assert len(polygon([*teeth, [0.99, 1], [0, 1]], "here")) == MOST_CORNERS


WRONG = {
    "nothing": (None, "expected a list of corners"),
    "text": ("0,0,1,1", "expected a list of corners"),
    "no corners": ([], "0 different corners, expected at least 3"),
    "two corners": (SQUARE[:2], "2 different corners"),
    "twice the same": ([[0, 0], [0, 0], [1, 1], [1, 1]], "2 different corners"),
    "above one": ([[0, 0], [1.1, 0], [1, 1]], "corner 2: expected numbers from 0 to 1, not '1.1'"),
    "pixels": ([[0, 0], [640, 0], [640, 480]], "corner 2: expected numbers from 0 to 1, not '640'"),
    "below zero": ([[0, 0], [1, 0], [1, -0.1]], "corner 3"),
    "not a number": ([[0, 0], [1, float("nan")], [1, 1]], "corner 2"),
    "infinite": ([[0, 0], [1, float("inf")], [1, 1]], "corner 2"),
    "true": ([[0, 0], [1, True], [1, 1]], "corner 2"),
    "text inside": ([[0, 0], [1, "1"], [1, 1]], "corner 2"),
    "three numbers": ([[0, 0], [1, 1, 1], [1, 0]], "corner 2: expected [x, y]"),
    "numbers in a row": ([0, 0, 1, 1], "corner 1: expected [x, y]"),
    "too many": ([[n / 100, (n % 7) / 7] for n in range(70)], "70 corners, expected 64 at most"),
    "bow tie": ([[0, 0], [1, 1], [1, 0], [0, 1]], "cross"),
    "touching itself": ([[0, 0], [1, 0], [1, 1], [0.5, 0], [0, 1]], "touch"),
    "a corner twice": ([[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1], [0.5, 0.5]], "touch"),
    "a line": ([[0, 0], [0.5, 0.5], [1, 1]], "one line"),
    "box of three": ({"box": [0, 0, 1]}, "expected a list of corners"),
    "inverted box": ({"box": [0.5, 0, 0.2, 1]}, "left below right"),
    "empty box": ({"box": [0, 0.2, 1, 0.2]}, "top below bottom"),
    "box outside": ({"box": [0, 0, 1, 2]}, "box: expected numbers from 0 to 1, not '2'"),
    "box and more": ({"box": [0, 0, 1, 1], "name": "x"}, "expected a list of corners"),
    "no box": ({"circle": [0, 0, 1, 1]}, "expected a list of corners"),
}


@pytest.mark.parametrize(("value", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_area_is_refused_in_one_line_that_says_where(value: object, said: str) -> None:
    """The place comes first, then what was expected."""
    with pytest.raises(SettingsError) as refused:
        polygon(value, "--masks m.yaml: porch, mask 2")
    line = str(refused.value)
    assert line.startswith("--masks m.yaml: porch, mask 2")
    assert said in line
    assert "\n" not in line
