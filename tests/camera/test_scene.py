"""A scene is the same for everybody who asks, and what it says of people is what it draws."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from services.redactor.cover import to_blocks
from tests.camera import strip
from tests.camera.people import RED, YELLOW, Person, inside
from tests.camera.scene import HIDER, WIDEST_MARGIN, Scene

ROOT = Path(__file__).parents[2]
SIZES = [(640, 384), (320, 192), (1280, 720), (640, 480)]
MINUTE = 600
"""Frames at ten a second."""


def paths(scene: Scene) -> dict[int, list[Person]]:
    """Everybody's minute."""
    found: dict[int, list[Person]] = {}
    for seq in range(MINUTE):
        for person in scene.people(seq):
            found.setdefault(person.id, []).append(person)
    return found


def test_the_same_seed_draws_the_same_picture_in_another_process() -> None:
    """And any picture without those before it."""
    code = "import sys; from tests.camera.scene import Scene; sys.stdout.buffer.write(Scene(5).image(77).tobytes())"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert other.stdout == Scene(5).image(77).tobytes() != Scene(6).image(77).tobytes()


@pytest.mark.parametrize("size", SIZES)
def test_boxes_and_visible_shares_are_those_of_the_pixels(size: tuple[int, int]) -> None:
    """Red and yellow are inside of boxes only, and there as much as all say together."""
    scene = Scene(seed=2, width=size[0], height=size[1])
    for seq in range(0, MINUTE, 25):
        image, people = scene.image(seq), scene.people(seq)
        drawn = (image == RED).all(axis=2) | (image == YELLOW).all(axis=2)
        seen = sum(person.visible * (b - t) * (r - x) for person in people for x, t, r, b in (person.box,))
        assert drawn.sum() == round(seen)
        for person in people:
            drawn[inside(person.box, *size)] = False
        assert not drawn.any()


@pytest.mark.parametrize("size", SIZES)
def test_no_cover_reaches_the_strip(size: tuple[int, int]) -> None:
    """Whoever goes wherever, with margin and to the next sixteen pixels; and all stand in the picture."""
    width, height = size
    for seed in range(20):
        for person in Scene(seed, width, height, people=12).people(40):
            left, top, right, bottom = person.box
            assert bottom <= height
            box = max(0, left) / width, top / height, min(width, right) / width, bottom / height
            assert to_blocks([box], WIDEST_MARGIN, width, height)[0][1] * 16 >= strip.band(width)


def test_everybody_does_what_they_are_there_for() -> None:
    """One stands, one hides and comes out, two cross, others come in and leave."""
    for seed in range(3):
        scene = Scene(seed)
        found = paths(scene)
        assert len({person.box for person in found[1]}) == 1
        assert any(person.visible == 0 for person in found[HIDER])
        assert any(person.visible == 1 for person in found[HIDER])
        sides = [np.sign(a.box[0] - b.box[0]) for a, b in zip(found[3], found[4], strict=True)]
        assert sum(one * other < 0 for one, other in pairwise(sides)) >= 2
        for walker in (5, 6):
            assert 0 < len(found[walker]) < MINUTE
            assert any(person.box[0] < 0 for person in found[walker])
            assert any(person.box[2] > scene.width for person in found[walker])


def test_nobody_jumps() -> None:
    """At most a twelfth of the picture's width in a tenth of a second, while they are in it."""
    scene = Scene(seed=3)
    places = [{person.id: person.box[0] for person in scene.people(seq)} for seq in range(MINUTE)]
    steps = [
        abs(one[person] - other[person]) for one, other in pairwise(places) for person in one.keys() & other.keys()
    ]
    assert 0 < max(steps) <= scene.width / 12


def test_the_background_stands_still_but_for_noise() -> None:
    """As a sensor's: a few shades, new in every picture."""
    scene = Scene(seed=4, people=0)
    change = scene.image(0).astype(int) - scene.image(1)
    assert 0 < abs(change).max() <= 6
    assert scene.image(0).max() < 120
