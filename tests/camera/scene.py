"""A drawn scene in which everything is known: a still, textured background, pillars, and people who move among them."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tests.camera import strip
from tests.camera.people import Image, Person, PixelBox, inside, sprite

GRID = 16
WIDEST_MARGIN = 0.25
"""A cover may grow a person's box so much, and to the next 16 pixels, and does not reach the strip."""

DARKEST, BRIGHTEST, NOISE = 45, 95, 3
PILLAR_AT, PILLAR_WIDTH, PILLAR_SHADE = 0.3, 0.12, 60
NOBODY, HIDER = 0, 2

Path = tuple[tuple[float, float], ...]
"""Seconds and the middle of the person as a share of the picture's width; begins again after its last point."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How one person goes; `depth` 0 is far away, 1 near. The nearer one hides the farther one."""

    id: int
    depth: float
    path: Path


class Scene:
    """Any picture can be asked for at any time: the same seed and seq give the same bytes in every process."""

    def __init__(self, seed: int, width: int = 640, height: int = 384, fps: float = 10, people: int = 6) -> None:
        """`people`: of them the first stands, the second hides behind the pillar, the next two cross, the rest walk."""
        self.width, self.height, self.fps = width, height, fps
        rng = np.random.default_rng(seed)
        self._walks = sorted((_walk(number, rng) for number in range(1, people + 1)), key=lambda walk: walk.depth)
        self._background = _background(width, height, rng)
        self._noise = rng.integers(-NOISE, NOISE + 1, (height, width, 1)).astype(np.uint8)
        self._clear = strip.band(width) + GRID

    def people(self, seq: int) -> list[Person]:
        """Everybody whose box touches the picture, by id; hidden ones with `visible` 0."""
        boxes = {walk.id: self._box(walk, seq) for walk in self._walks}
        seen = self._who(boxes)
        return sorted(
            (
                Person(number, box, float((seen == number).sum() / _area(box)))
                for number, box in boxes.items()
                if self._touches(box)
            ),
            key=lambda person: person.id,
        )

    def image(self, seq: int, stamp: strip.Stamp | None = None) -> Image:
        """(height, width, 3) BGR, with its stamp if one is given."""
        # uint8 wraps around, so that adding 255 takes one away.
        image = self._background + np.roll(self._noise, (7 * seq, 13 * seq), axis=(0, 1))
        for walk in self._walks:
            box = self._box(walk, seq)
            left, top, right, bottom = box
            rows, columns = inside(box, self.width, self.height)
            image[rows, columns] = _sprite(right - left, bottom - top)[:, max(0, -left) : max(0, self.width - left)]
            self._pillar(image, walk, PILLAR_SHADE)
        if stamp:
            strip.write(image, stamp)
        return image

    def _who(self, boxes: dict[int, PixelBox]) -> NDArray[np.uint8]:
        """(height, width): the id of the person who is seen at each pixel."""
        seen = np.full((self.height, self.width), NOBODY, np.uint8)
        for walk in self._walks:
            seen[inside(boxes[walk.id], self.width, self.height)] = walk.id
            self._pillar(seen, walk, NOBODY)
        return seen

    def _pillar(self, drawing: NDArray[np.uint8], walk: Walk, value: int) -> None:
        """Stands right before the one who hides."""
        if walk.id == HIDER:
            width, (_, height) = round(PILLAR_WIDTH * self.width), self._size(walk.depth)
            middle, bottom = round(PILLAR_AT * self.width), self._bottom(walk.depth) + 4
            drawing[bottom - height - 8 : bottom, middle - width // 2 : middle + width // 2] = value

    def _box(self, walk: Walk, seq: int) -> PixelBox:
        times, places = zip(*walk.path, strict=True)
        middle = self.width * np.interp(seq / self.fps % times[-1], times, places)
        width, height = self._size(walk.depth)
        left, bottom = round(middle - width / 2), self._bottom(walk.depth)
        return left, bottom - height, left + width, bottom

    def _size(self, depth: float) -> tuple[int, int]:
        height = round(self.height * (0.25 + 0.15 * depth))
        return round(0.4 * height), height

    def _bottom(self, depth: float) -> int:
        """Of somebody's box: the farther away, the higher up, but clear of the strip."""
        _, height = self._size(depth)
        highest = self._clear + int(np.ceil(WIDEST_MARGIN * height)) + height
        return max(highest, round(self.height * (0.72 + 0.26 * depth)))

    def _touches(self, box: PixelBox) -> bool:
        return box[2] > 0 and box[0] < self.width


def _walk(number: int, rng: np.random.Generator) -> Walk:
    """Who does what, with a pace and a start of their own."""
    late_s = float(rng.uniform(0, 4))
    depth = float(rng.uniform(0, 1))
    match number:
        case 1:
            return Walk(number, depth, ((0, 0.75), (1, 0.75)))
        case 2:
            return Walk(number, 0.4, _hiding(late_s))
        case 3 | 4:
            return Walk(number, number / 10 + 0.2, _crossing(number == 3, float(rng.uniform(6, 9))))
        case _:
            return Walk(number, depth, _through(bool(rng.integers(2)), late_s, float(rng.uniform(5, 12))))


def _hiding(late_s: float) -> Path:
    """Beside the pillar, behind it for three seconds, out on the other side, and back."""
    left, right = PILLAR_AT - 0.15, PILLAR_AT + 0.15
    durations_s, places = (0.0, late_s, 2, 3, 2, 2, 4), (left, left, PILLAR_AT, PILLAR_AT, right, right, left)
    return tuple(zip(accumulate(durations_s), places, strict=True))


def _crossing(to_right: bool, walk_s: float) -> Path:
    """From one side to the other and back; two of them meet in the middle."""
    ends = (0.1, 0.9) if to_right else (0.9, 0.1)
    return (0, ends[0]), (walk_s, ends[1]), (2 * walk_s, ends[0])


def _through(to_right: bool, late_s: float, walk_s: float) -> Path:
    """In at one edge, out at the other, gone for a while."""
    ends = (-0.2, 1.2) if to_right else (1.2, -0.2)
    return (0, ends[0]), (late_s, ends[0]), (late_s + walk_s, ends[1]), (late_s + walk_s + 1, ends[1])


def _area(box: PixelBox) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def _background(width: int, height: int, rng: np.random.Generator) -> Image:
    """Grey, mottled in squares of eight pixels, a little of another colour each."""
    shape = (-(-height // 8), -(-width // 8), 1)
    shades = rng.integers(DARKEST, BRIGHTEST, shape) + rng.integers(-6, 7, (*shape[:2], 3))
    return np.asarray(shades.repeat(8, axis=0).repeat(8, axis=1)[:height, :width], np.uint8)


@lru_cache(maxsize=64)
def _sprite(width: int, height: int) -> Image:
    return sprite(width, height)
