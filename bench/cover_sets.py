"""What `bench.cover_in_time` tries: people whose places are known, and what a detector said of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.walk_detector import Detector, Habits
from bench.walks import HEIGHT, WIDTH, walks
from libs.common.messages import Box
from services.detector.backend import Backend
from services.detector.backends.hog import Hog
from services.detector.backends.motion import Motion
from services.detector.picture import Picture
from tests.camera.scene import Scene
from tests.camera.test_scene_in_time import COUNT, box_of, looks
from tests.detector.clip import read_clip, read_truth

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "deploy" / "demo" / "street.mp4"
TRUTH = ROOT / "tests" / "detector" / "street_truth.txt"
LOST = 0.2
"""Of the looks that drawn and real detectors make, so many find nobody."""
LEAST_VISIBLE = 0.05
"""Whom the simulator hides more than that nobody can see."""

Look = Sequence[Box]
"""What one look finds, in 0..1 of the picture or beyond its edges."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One recording of `walks.FPS` frames a second: who is where, inside the picture, and what each look found.

    Where `looks` has None, the detector did not look.
    """

    width: int
    height: int
    people: Mapping[int, Sequence[Box]]
    looks: Sequence[Look | None]


@dataclass(frozen=True, slots=True)
class Set:
    """Recordings that belong together, one for each seed."""

    name: str
    seeds: Sequence[int]
    watched: Callable[[Sequence[int]], list[Watched]]


def sets() -> list[Set]:
    """The rows of docs/decisions/cover-in-time.md."""
    sparse = Habits(jitter=0.08, bias=0.05, missed=0.25, streaks=0.2, parts=0.5, invented=0.05)
    poor = Habits(jitter=0.06, missed=0.22, streaks=0.85, parts=0.6, invented=0.2)
    jittery = Habits(jitter=0.1, bias=0.06, missed=0.15, streaks=0.3)
    crowded = Habits(jitter=0.07, missed=0.25, streaks=0.2, parts=0.5)
    return [
        Set("drawn, sparse misses", range(21, 26), lambda seeds: drawn(seeds, sparse)),
        Set("drawn, misses in streaks", range(4), lambda seeds: drawn(seeds, Habits())),
        Set("drawn, a poor detector", range(4, 7), lambda seeds: drawn(seeds, poor)),
        Set("drawn, boxes that jitter by a tenth", (11, 12), lambda seeds: drawn(seeds, jittery)),
        Set("drawn, crowded, one in four missed", (13, 14), lambda seeds: drawn(seeds, crowded)),
        Set("street clip, `motion`", (100, 101), lambda seeds: street(seeds, Motion())),
        Set("street clip, `hog`", (100, 101), lambda seeds: street(seeds, Hog())),
        Set("the simulator of `tests/camera`", range(1, 7), simulated),
    ]


def drawn(seeds: Sequence[int], habits: Habits) -> list[Watched]:
    """Other walks for each seed."""
    return [_walked(seed, habits) for seed in seeds]


def _walked(seed: int, habits: Habits) -> Watched:
    random = np.random.default_rng(seed)
    frames = walks(random)
    detector = Detector(random, habits)
    found = [shares(detector.look(people)) for people in frames]
    people = {seq: shares(each.values()) for seq, each in enumerate(frames)}
    return Watched(WIDTH, HEIGHT, people, lost(found, 100))


def street(seeds: Sequence[int], backend: Backend) -> list[Watched]:
    """The demo clip, some of its pictures marked by hand; for each seed other looks are lost."""
    truth = {
        seq: [(max(0, x), max(0, y), min(WIDTH, x + wide), min(HEIGHT, y + high)) for x, y, wide, high in marked]
        for seq, marked in read_truth(TRUTH).items()
    }
    people = {seq: shares(boxes) for seq, boxes in truth.items()}
    answers = [backend.look(Picture(frame)) for frame in read_clip(CLIP)]
    found = [None if answer is None else [each.box for each in answer] for answer in answers]
    return [Watched(WIDTH, HEIGHT, people, lost(found, seed)) for seed in seeds]


def simulated(seeds: Sequence[int]) -> list[Watched]:
    """The simulator's people, a fifth of whose looks are lost already."""
    return [_scene(seed) for seed in seeds]


def _scene(seed: int) -> Watched:
    scene = Scene(seed)
    found = looks(scene, np.random.default_rng(seed))
    people = {
        seq: [box_of(scene, person.box) for person in scene.people(seq) if person.visible > LEAST_VISIBLE]
        for seq in range(COUNT)
    }
    return Watched(scene.width, scene.height, people, [found.get(seq, []) for seq in range(COUNT)])


def lost(found: Iterable[Look | None], seed: int) -> list[Look | None]:
    """The same looks, some of which found nobody at all."""
    random = np.random.default_rng(seed)
    return [look if look is None or _is_kept(random, look) else [] for look in found]


def _is_kept(random: np.random.Generator, look: Look) -> bool:
    kept = random.random() >= LOST
    if kept:
        # The figures of the page were drawn with one number more for each box.
        random.random(len(look))
    return kept


def shares(boxes: Iterable[tuple[float, float, float, float]]) -> list[Box]:
    """Pixels of a picture of WIDTH and HEIGHT to 0..1."""
    return [(x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT) for x0, y0, x1, y1 in boxes]
