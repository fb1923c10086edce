"""A drawn detector: its boxes jitter, it misses people at random and in streaks, and it sees some who are not there.

Whoever is behind somebody nearer, or behind a lamp post, is seen in part: missed more often, and some of those found
are found as the part that can be seen.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.walks import HEIGHT, WIDTH, People, PixelBox, tall_at

Look = list[PixelBox]
"""Boxes that one look finds, which may reach beyond the picture."""

Values = NDArray[np.float64]

POST = (414, 202, 446, 244), (427, 100, 436, 392)
"""A lamp and its post, left, top, right, bottom; behind it is whose feet are above its own."""
WHOLE, HALF, LITTLE = 0.75, 0.5, 0.3
MISSED_HALF, MISSED_MOST, MISSED_HIDDEN = 0.5, 0.85, 0.98
"""How often somebody is missed of whom more than HALF, more than LITTLE, and less than that can be seen."""
SPOTS = 3
"""Places where somebody is seen time and again who is not there."""
SAME = 0.55
"""Of two boxes that overlap so much (intersection over union) the higher one is dropped."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What a detector does wrong."""

    jitter: float = 0.05
    """Of a box's size, from look to look."""
    bias: float = 0.04
    """The same for as long as somebody is in the picture."""
    missed: float = 0.12
    """How often somebody is missed who is seen whole."""
    streaks: float = 0.75
    """How often somebody is missed or found because they were so in the look before."""
    parts: float = 0.4
    """How often of somebody who is hidden in part only the rest is found."""
    invented: float = 0.1
    """Boxes a look of nobody in a known spot; so many again anywhere."""


@dataclass(slots=True)
class Known:
    """What a detector does about one person."""

    missed: bool | None = None
    bias: Values | None = None
    drift: Values = field(default_factory=lambda: np.zeros(4))


class Detector:
    """Looks at one frame after the other; the same generator gives the same looks."""

    def __init__(self, random: np.random.Generator, habits: Habits) -> None:
        self._random = random
        self._habits = habits
        self._spots = [(random.uniform(50, 700), random.uniform(220, 450)) for _ in range(SPOTS)]
        self._known: dict[int, Known] = {}

    def look(self, people: People) -> Look:
        found = []
        for number, (share, part) in seen(people).items():
            known = self._known.setdefault(number, Known())
            known.missed = self._misses(known.missed, share)
            if not known.missed:
                found.append(self._jittered(known, self._finds(people[number], share, part)))
        return _once([*found, *self._invented()])

    def _finds(self, box: PixelBox, share: float, part: PixelBox | None) -> PixelBox:
        return part if part and share < WHOLE and self._random.random() < self._habits.parts else box

    def _misses(self, before: bool | None, share: float) -> bool:
        chance = self._habits.missed if share > WHOLE else _chance_to_miss(share)
        anew = before is None or self._random.random() > self._habits.streaks
        missed = self._random.random() < chance if anew else bool(before)
        if share > WHOLE and before and self._random.random() < 0.3:
            missed = self._random.random() < chance
        return self._random.random() < chance if share < LITTLE else missed

    def _jittered(self, known: Known, box: PixelBox) -> PixelBox:
        if known.bias is None:
            known.bias = self._random.normal(0, self._habits.bias, 4)
        known.drift = 0.6 * known.drift + 0.8 * self._random.normal(0, self._habits.jitter, 4)
        aside, up, wider, higher = known.bias + known.drift
        left, top, right, bottom = box
        wide, high = right - left, bottom - top
        x, y = (left + right) / 2 + 1.2 * aside * wide, (top + bottom) / 2 + 0.8 * up * high
        wide, high = wide * np.exp(wider), high * np.exp(higher)
        return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2

    def _invented(self) -> Look:
        often = self._habits.invented
        found = [(x - 17, y - 42, x + 17, y + 42) for x, y in self._spots if self._random.random() < often / SPOTS]
        if self._random.random() < often:
            x, y = self._random.uniform(50, 700), self._random.uniform(220, 450)
            high = tall_at(y)
            found.append((x - 0.2 * high, y - high, x + 0.2 * high, y))
        return found


def seen(people: People) -> dict[int, tuple[float, PixelBox | None]]:
    """How much of each can be seen, and the box around that; the lower their feet, the nearer they are."""
    who = _who(people)
    found: dict[int, tuple[float, PixelBox | None]] = {}
    for number, box in people.items():
        left, top, right, bottom = map(int, box)
        pixels = who[top:bottom, left:right] == number
        ys, xs = np.nonzero(pixels)
        found[number] = (float(pixels.mean()), _outline(left + xs, top + ys)) if len(ys) else (0.0, None)
    return found


def _who(people: People) -> NDArray[np.int32]:
    """(HEIGHT, WIDTH): the number of who is seen at each pixel, 0 for nobody."""
    who = np.zeros((HEIGHT, WIDTH), np.int32)
    for number, (left, top, right, bottom) in sorted(people.items(), key=lambda each: each[1][3]):
        who[int(top) : int(bottom), int(left) : int(right)] = number
        if bottom < POST[1][3]:
            for x0, y0, x1, y1 in POST:
                behind = who[y0:y1, x0:x1]
                behind[behind == number] = 0
    return who


def _outline(xs: NDArray[np.int64], ys: NDArray[np.int64]) -> PixelBox:
    """Without the outermost pixels, of which a detector takes no notice."""
    left, right = np.percentile(xs, (2, 98))
    top, bottom = np.percentile(ys, (2, 98))
    return float(left), float(top), float(right), float(bottom)


def _chance_to_miss(share: float) -> float:
    if share > HALF:
        return MISSED_HALF
    return MISSED_MOST if share > LITTLE else MISSED_HIDDEN


def _once(found: Look) -> Look:
    kept: Look = []
    for box in sorted(found, key=lambda box: -box[3]):
        if all(_overlap(box, other) < SAME for other in kept):
            kept.append(box)
    return kept


def _overlap(one: PixelBox, other: PixelBox) -> float:
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    both = wide * high
    return both / (_area(one) + _area(other) - both)


def _area(box: PixelBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
