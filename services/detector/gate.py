"""Where a second backend has to look: everywhere now and then, in between only where the first found something."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.common.messages import Box, Detection, Frame
from services.detector.boxes import area
from services.detector.picture import WHOLE

MARGIN = 0.25
"""Of its size on each side: what moves is seldom seen whole."""

SMALLEST_SIDE = 0.25
"""Of a region, as a share of the picture's: a model wants to see something around a small thing."""

MOST_AREA = 0.6
"""Regions that take more than this of the picture cost more than the whole of it."""

Regions = tuple[Box, ...]
NOWHERE: Regions = ()
EVERYWHERE: Regions = (WHOLE,)


@dataclass
class Gate:
    """Says where to look; remembers when each camera was last looked at as a whole.

    `every_s`: the whole picture at least so often, in stream time. It must be below the redactor's --max-gap: between
    two whole looks further apart nothing is shown. `regions`: at most so many parts; with more, the whole picture, and
    `capped` is told how many there were too many.
    """

    every_s: float = 0.8
    regions: int = 4
    capped: Callable[[int], object] = lambda count: None

    def __post_init__(self) -> None:
        self._whole_at: dict[str, tuple[str, int]] = {}

    def where(self, frame: Frame, found: Sequence[Detection] | None) -> Regions:
        """Parts of the picture to be looked at, none, or all of it. `found`: what the first backend says, if it can."""
        if found is None or frame.still or self._is_due(frame):
            return EVERYWHERE
        regions = joined([_around(each.box) for each in found])
        if (beyond := len(regions) - self.regions) > 0:
            self.capped(beyond)
        if beyond > 0 or sum(map(area, regions)) > MOST_AREA:
            return EVERYWHERE
        return tuple(regions)

    def has_time(self, frame: Frame, seconds: float) -> bool:
        """Whether looking at parts of this frame, for so long, lets the next whole look come when it is due."""
        return self._since_whole_s(frame) + seconds < self.every_s

    def looked(self, frame: Frame) -> None:
        """Note a look at the whole picture."""
        if not frame.still:
            self._whole_at[frame.camera] = frame.boot, frame.captured_at

    def forget(self, camera: str) -> None:
        self._whole_at.pop(camera, None)

    def _is_due(self, frame: Frame) -> bool:
        return not 0 <= self._since_whole_s(frame) < self.every_s

    def _since_whole_s(self, frame: Frame) -> float:
        """Stream time since the last whole look in this boot; below 0 where the stream's clock went back."""
        boot, at = self._whole_at.get(frame.camera, ("", 0))
        return (frame.captured_at - at) / 1e9 if boot == frame.boot else math.inf


def joined(boxes: Sequence[Box]) -> list[Box]:
    """Boxes that touch each other as one, until none do."""
    separate: list[Box] = []
    for box in boxes:
        while touching := next((other for other in separate if _touch(box, other)), None):
            separate.remove(touching)
            box = _union(box, touching)
        separate.append(box)
    return separate


def _around(box: Box) -> Box:
    x0, x1 = _grown(box[0], box[2])
    y0, y1 = _grown(box[1], box[3])
    return x0, y0, x1, y1


def _grown(low: float, high: float) -> tuple[float, float]:
    """With its margin and at least the smallest side, moved back into the picture."""
    half = max(SMALLEST_SIDE, (high - low) * (1 + 2 * MARGIN)) / 2
    middle = min(max((low + high) / 2, half), 1 - half) if half < 0.5 else 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
