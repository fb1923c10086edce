"""The simulator's people before a detector that misses some of them: who can be seen at all is covered."""

import numpy as np
import pytest

from libs.common.messages import Box
from tests.camera.scene import HIDER, Scene
from tests.redactor.walks import Looks, area, covered, hidden, union

COUNT = 300
LEAST_SEEN = 0.6
"""Whoever is hidden more is not found."""

Scenes = list[tuple[Scene, Looks, list[list[Box]]]]


def box_of(scene: Scene, box: tuple[int, int, int, int]) -> Box:
    """In 0..1, the part inside the picture."""
    left, top, right, bottom = box
    return max(0, left / scene.width), top / scene.height, min(1, right / scene.width), bottom / scene.height


def looks(scene: Scene, random: np.random.Generator) -> Looks:
    """Boxes that jitter; every tenth missing, and a fifth of the looks found nobody."""
    return {
        seq: [
            tuple(np.clip(np.add(box_of(scene, person.box), random.normal(0, 0.004, 4)), 0, 1).tolist())
            for person in scene.people(seq)
            if person.visible >= LEAST_SEEN and random.random() > 0.1
        ]
        for seq in range(COUNT)
        if random.random() > 0.2
    }


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    """Six of them, with what is told and what is covered of each."""
    made = []
    for seed in range(1, 7):
        scene = Scene(seed)
        told = looks(scene, np.random.default_rng(seed))
        made.append((scene, told, covered(told, COUNT)))
    return made


def test_nobody_more_is_missed_than_by_the_union_on_two_thirds_of_its_area(scenes: Scenes) -> None:
    """Of all who can be seen at all: more than 99 % are covered for nine tenths and more, nearly all for a half."""
    ours, unions = [], []
    for scene, told, found in scenes:
        for seq in range(0, COUNT, 2):
            boxes = [box_of(scene, person.box) for person in scene.people(seq) if person.visible > 0.05]
            ours += [hidden(found[seq], box) for box in boxes]
            unions += [hidden(union(told, seq), box) for box in boxes]
    assert np.mean(np.array(ours) > 0.9) >= max(0.99, np.mean(np.array(unions) > 0.9))
    assert np.mean(np.array(ours) > 0.5) >= 0.998
    areas = [(area(found[seq]), area(union(told, seq))) for _, told, found in scenes for seq in range(0, COUNT, 9)]
    assert sum(mine for mine, _ in areas) < 2 / 3 * sum(whole for _, whole in areas)


def test_who_is_half_hidden_by_a_pillar_is_covered_whole(scenes: Scenes) -> None:
    """While part of them can be seen and no detector finds them: nine in ten times, as they go in and come out."""
    shares = [
        hidden(found[seq], box_of(scene, person.box))
        for scene, _, found in scenes
        for seq in range(COUNT)
        for person in scene.people(seq)
        if person.id == HIDER and 0.05 < person.visible < LEAST_SEEN
    ]
    assert len(shares) > 100
    assert np.mean(np.array(shares) > 0.9) >= 0.9
