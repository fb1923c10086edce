"""The backend `motion`: what stands out from a learned background. For fixed cameras; no model, no download.

It does not see who stands still: somebody who stops is taken for background after about 20 seconds and is found
again when they move. Nor does it see what has the brightness and colour of the background behind it. Where a person
must be found standing, sitting or lying, use a backend that knows what a person looks like.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common.messages import Box, Detection, Frame
from libs.common.polygons import Polygon
from services.detector.picture import SCALES, WHOLE, Picture

Mask = NDArray[np.uint8]

WORKING_SIDE = 320
"""The picture is decoded at the smallest of 1, 1/2, 1/4, 1/8 whose longer side still has so many pixels."""

LEARNING_S = 2.0
LEARNING_FRAMES = 10
"""Both must be over before the background counts as known: in two seconds a walking person leaves the spot they hid."""

MEMORY_S = 30.0
"""Time constant of the background. Something new is part of it after MEMORY_S x ln(1 / (1 - BACKGROUND)), 21 s."""

BACKGROUND = 0.5
"""Share of the recent past that must have looked like this to be background. Half, so that only what was there most
of the learning time is: with the 0.9 that OpenCV takes, whoever was passing then leaves a hole where nobody is seen.
"""

MOST_RATE = 0.1
"""Most weight of one frame, however long ago the one before it was: one look must not make anybody background."""

DEVIATIONS_SQUARED = 80.0
"""Squared Mahalanobis distance over three channels from which a pixel has changed."""

JOIN = cv2.getStructuringElement(cv2.MORPH_RECT, (5, 9))
"""Bridges gaps inside one person, whose parts lie above rather than beside each other (pixels of the working size)."""

SMALLEST = 0.00015
"""Regions below this share of the picture are noise: 16 of 384x288 pixels; the smallest people of the clip have 150."""

MOST_OF_PICTURE = 0.4
"""From this changed share on, the light or the camera changed: nothing can be told apart, so everything has moved."""

MOST_REGIONS = 50
BYTES_PER_PIXEL = 100
"""Of OpenCV's model: five Gaussians, each a weight, a variance and three means."""

MOST_BYTES = 512 << 20
"""For all cameras, 46 of 384x288; one that is pushed out learns anew, unlooked meanwhile."""


class Motion:
    """Finds regions, not persons: one box may hold a group, a car, or a shadow."""

    model = "motion"
    labels: tuple[str, ...] = ("moving",)

    def __init__(
        self,
        masks_of: Callable[[str], Iterable[Polygon]] = lambda camera: (),
        side: int = WORKING_SIDE,
        capped: Callable[[int], object] = lambda count: None,
    ) -> None:
        """`masks_of`: areas of a camera's picture in which nothing moves, whatever changes there. `side`: in place of
        WORKING_SIDE, for which the other numbers here were tried. `capped` is told how many regions share a box because
        there are too many.
        """
        # A look is 2 ms of work: threads would cost more than they save. More speed is more copies of the service.
        cv2.setNumThreads(1)
        self._scenes: OrderedDict[str, _Scene] = OrderedDict()
        self._masks_of = masks_of
        self._side = side
        self._capped = capped

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        """None while the background is being learned, and for a still or a part of a picture, which have none."""
        if picture.frame.still or not picture.is_whole:
            return None
        changed = self._scene(picture.frame).changed(picture)
        if changed is None:
            return None
        return self._within_cap(regions(without(changed, self._masks_of(picture.frame.camera))))

    def learn(self, picture: Picture) -> None:
        self.look(picture)

    def forget(self, camera: str) -> None:
        self._scenes.pop(camera, None)

    def _within_cap(self, found: list[Detection]) -> tuple[Detection, ...]:
        self._capped(max(0, len(found) - MOST_REGIONS))
        return capped(found)

    def _scene(self, frame: Frame) -> "_Scene":
        """A new boot of the same size goes on with the same background: a fixed camera came back."""
        scene = self._scenes.pop(frame.camera, None)
        if scene is None or scene.size != (frame.width, frame.height):
            scene = _Scene((frame.width, frame.height), self._side)
        self._scenes[frame.camera] = scene
        while len(self._scenes) > 1 and sum(scene.bytes for scene in self._scenes.values()) > MOST_BYTES:
            self._scenes.popitem(last=False)
        return scene


def _subtractor() -> cv2.BackgroundSubtractorMOG2:
    made = cv2.createBackgroundSubtractorMOG2(varThreshold=DEVIATIONS_SQUARED, detectShadows=False)
    made.setBackgroundRatio(BACKGROUND)
    return made


@dataclass(slots=True)
class _Scene:
    """The background of one camera (Zivkovic 2004, a mixture of Gaussians for each pixel), in stream time."""

    size: tuple[int, int]
    side: int
    model: cv2.BackgroundSubtractorMOG2 = field(default_factory=_subtractor)
    seen: int = 0
    seen_s: float = 0.0
    last_at: int | None = None

    @property
    def bytes(self) -> int:
        """What the model takes of memory."""
        width, height = self.size
        scale = next(scale for scale in SCALES if scale == 1 or max(self.size) / scale >= self.side)
        return width * height * BYTES_PER_PIXEL // scale**2

    def changed(self, picture: Picture) -> Mask | None:
        """(h, w) uint8 of the working size, 255 where the picture differs from the background; None while learning."""
        image = picture.image(self.side)
        known = self.seen >= LEARNING_FRAMES and self.seen_s >= LEARNING_S
        mask = self.model.apply(image, learningRate=self._rate(picture.frame.captured_at, known))
        self.seen += 1
        return cv2.medianBlur(mask, 3).astype(np.uint8, copy=False) if known else None

    def _rate(self, captured_at: int, known: bool) -> float:
        """The weight of this frame: that of a running mean first, then by the time since the one before.

        A young background forgets faster, so that the people of the learning time do not stay in it as ghosts.
        """
        step_s = 0.0 if self.last_at is None else max(0.0, (captured_at - self.last_at) / 1e9)
        self.last_at = captured_at
        self.seen_s += step_s
        if not known:
            return 1 / (self.seen + 1)
        return min(step_s / min(MEMORY_S, 2 * self.seen_s), MOST_RATE)


def without(mask: Mask, areas: Iterable[Polygon]) -> Mask:
    """The same (h, w) uint8 mask, 0 inside these areas and where their edges run."""
    for area in areas:
        corners = np.array(area) * (mask.shape[1], mask.shape[0]) - 0.5
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 0)
    return mask


def regions(mask: Mask) -> list[Detection]:
    """Boxes around everything that is not 0 in an (h, w) uint8 mask, largest first.

    `confidence` says how far a region is from noise: 0.5 for the smallest that counts, 0.95 for ten times that size.
    """
    height, width = mask.shape
    if cv2.countNonZero(mask) >= MOST_OF_PICTURE * mask.size:
        return [_moving(WHOLE, 1.0)]
    smallest = SMALLEST * mask.size
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, JOIN))
    found = sorted((row for row in stats[1:count].tolist() if row[4] >= smallest), key=lambda row: -row[4])
    return [
        _moving((left / width, top / height, (left + wide) / width, (top + high) / height), 1 - smallest / (2 * area))
        for left, top, wide, high, area in found
    ]


def capped(found: list[Detection]) -> tuple[Detection, ...]:
    """At most MOST_REGIONS; the smallest ones beyond share one box: a cap must not uncover anybody."""
    kept, rest = found[: MOST_REGIONS - 1], found[MOST_REGIONS - 1 :]
    if len(rest) < 2:
        return tuple(found)
    lefts, tops, rights, bottoms = zip(*(each.box for each in rest), strict=True)
    return (*kept, _moving((min(lefts), min(tops), max(rights), max(bottoms)), rest[0].confidence))


def _moving(box: Box, confidence: float) -> Detection:
    return Detection(label="moving", confidence=confidence, box=box)
