"""Areas of a picture in which nothing is reported: the camera's own clock, a flag, a road that is none of ours."""

from libs.common.messages import Box
from services.detector.areas import bounds, share_inside
from services.detector.counts import Counts
from services.detector.picture import WHOLE
from services.detector.scenes import Scene, Scenes
from services.detector.step import Sighting, Step

INSIDE = 0.8
"""Of a box; less would drop who only stands before a masked area."""


SEES_MASKS = "motion"
"""It looks beside the masks itself. A box around what moves there may well have a mask in its middle."""


def mask_over(scene: Scene, box: Box) -> str | None:
    """The name of the first mask that at least INSIDE of this box lies in; none hides the whole picture."""
    if box == WHOLE:
        return None
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for name, mask in scene.masks.items():
        left, top, right, bottom = bounds(mask)
        # Whose middle lies beside an area, has less than half in it.
        if left <= x <= right and top <= y <= bottom and share_inside(mask, box) >= INSIDE:
            return name
    return None


class Masks(Step):
    """Who is under a mask is neither reported nor covered."""

    def __init__(self, scenes: Scenes, counts: Counts) -> None:
        self._scenes = scenes
        self._counts = counts

    def take(self, sighting: Sighting) -> None:
        scene = self._scenes.of(sighting.frame.camera)
        if not scene.masks:
            return
        for look in sighting.looks:
            if look.model == SEES_MASKS:
                continue
            kept = [each for each in look.found if mask_over(scene, each.box) is None]
            self._counts.filtered.labels("mask").inc(len(look.found) - len(kept))
            look.found = kept
