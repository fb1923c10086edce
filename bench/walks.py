"""Drawn walks: people 55 to 120 pixels high cross a picture of 768x576 at 3 to 8 pixels a frame, alone and in pairs.

They come in at one of four edges, turn, pause, meet in the middle and leave elsewhere. The farther down, the nearer and
the taller. The same generator gives the same walks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
"""(2,): x and y in pixels, where the feet are."""

PixelBox = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels, inside the picture."""

People = dict[int, PixelBox]
"""Who is where in one frame, by number."""

WIDTH, HEIGHT = 768, 576
FPS = 10
FRAMES = 800

PAIRS = 0.3
PAUSES = 0.35
MEETING = 0.45, (430, 260)
"""How often somebody comes by the middle, and where that is."""
BETWEEN = 28
"""Frames between one who comes and the next, in the mean; twice as many after a pair."""
CLOSE = 8
"""Pixels from a turn at which it is reached."""
LEAST_INSIDE = 0.3
"""Whoever is less inside the picture is not in it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How wide somebody is for their height, which sways with their steps, and how tall beside others."""

    wide: float
    tall: float
    phase: float

    def box(self, step: int, feet: Point) -> PixelBox | None:
        """What of them is inside the picture; None where that is next to nothing."""
        x, y = feet
        high = tall_at(y) * self.tall
        wide = high * self.wide * (1 + 0.12 * np.sin(self.phase + step * 0.9))
        left, top, right, bottom = x - wide / 2, y - high, x + wide / 2, y
        inside = max(0, left), max(0, top), min(WIDTH, right), min(HEIGHT, bottom)
        if right <= 6 or left >= WIDTH - 6 or bottom <= 10 or top >= HEIGHT - 10:
            return None
        seen = (inside[2] - inside[0]) * (inside[3] - inside[1])
        return inside if seen > LEAST_INSIDE * (right - left) * (bottom - top) else None


def tall_at(y: float) -> float:
    """Pixels of somebody whose feet are there."""
    return 52 + (y - 200) * 0.22


def walks(random: np.random.Generator) -> list[People]:
    """Who is where in each of FRAMES frames; nobody is left from before."""
    frames: list[People] = [{} for _ in range(FRAMES)]
    number, start = 0, -40.0
    while start < FRAMES:
        together = 2 if random.choice([1, 2], p=[1 - PAIRS, PAIRS]) == 2 else 1
        path, beside = _path(random, together)
        for aside in beside:
            number += 1
            figure = Figure(random.uniform(0.33, 0.42), random.uniform(0.92, 1.08), random.uniform(0, 6))
            _walk(frames, number, figure, int(start), path + aside)
        start += random.exponential(BETWEEN * together)
    return frames


def _walk(frames: list[People], number: int, figure: Figure, start: int, path: Point) -> None:
    for step, feet in enumerate(path):
        if 0 <= start + step < len(frames) and (box := figure.box(step, feet)):
            frames[start + step][number] = box


def _path(random: np.random.Generator, together: int) -> tuple[Point, list[Point]]:
    """(n, 2) where they are in each frame of their walk, and how far each of them walks from there."""
    turns = _turns(random)
    pace = random.uniform(0.045, 0.085)
    beside = [np.zeros(2)]
    if together == 2:
        beside.append(np.array([random.uniform(-45, 45), random.uniform(-10, 10)]))
    return _smooth(np.array(list(_steps(random, turns, pace)))), beside


def _turns(random: np.random.Generator) -> list[Point]:
    """From one edge by one to four places to another edge."""
    side = int(random.integers(4))
    edges = [
        (-25, random.uniform(230, 480)),
        (WIDTH + 25, random.uniform(230, 480)),
        (random.uniform(100, 700), HEIGHT + 60),
        (random.uniform(300, 700), 205),
    ]
    places = [_place(random) for _ in range(random.integers(1, 5))]
    leaving = edges[(side + int(random.integers(1, 4))) % 4]
    return [np.array(edges[side], float), *places, np.array(leaving, float)]


def _place(random: np.random.Generator) -> Point:
    often, middle = MEETING
    if random.random() < often:
        return random.normal(middle, 30)
    return random.uniform((150, 225), (650, 420))


def _steps(random: np.random.Generator, turns: list[Point], pace: float) -> Iterator[Point]:
    """A frame each; `pace` is a share of their height, which is less far away."""
    here = turns[0]
    for turn in turns[1:]:
        mood = random.uniform(0.9, 1.1)
        while (far := float(np.linalg.norm(turn - here))) > CLOSE:
            here = here + (turn - here) / far * (pace * mood * tall_at(here[1]))
            yield here
        if random.random() < PAUSES:
            for _ in range(random.integers(5, 60)):
                yield here + random.normal(0, 0.5, 2)


def _smooth(path: Point) -> Point:
    """Turns are round: the mean of five frames."""
    if len(path) <= 10:
        return path
    padded = np.pad(path, ((2, 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, axis], np.ones(5) / 5, "valid") for axis in (0, 1)], axis=1)
