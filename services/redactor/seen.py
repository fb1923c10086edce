"""What one frame tells its neighbours: who was seen in it, and how far that can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from libs.common.messages import Box, Detection, Frame
from services.redactor.shapes import upright
from services.redactor.tracks import Sighting
from services.redactor.verdicts import Sight, Standing
from services.redactor.words import Wanted

Boxes = NDArray[np.float32]
"""(n, 4): left, top, right, bottom in 0..1 of the picture, or beyond its edges."""

NO_BOXES: Boxes = np.empty((0, 4), np.float32)


def boxes_of(boxes: Sequence[Box]) -> Boxes:
    """As an array, which takes a tenth of the memory."""
    return np.array(boxes, np.float32) if boxes else NO_BOXES


@dataclass(slots=True, eq=False)
class Seen:
    """One frame as its neighbours remember it; `at` is its captured_at (UTC ns).

    `sightings` may be strung into tracks; the `loose` ones are covered where they are.
    """

    at: int
    sight: Sight
    sightings: Sequence[Sighting] = ()
    loose: Boxes = field(default_factory=lambda: NO_BOXES)
    standing: Standing = "not-looked"

    @property
    def boxes(self) -> Boxes:
        """All of them."""
        return np.concatenate([self.loose, boxes_of([sighting.box for sighting in self.sightings])])


def seen_in(frame: Frame, sight: Sight, crc: int | None, wanted: Wanted) -> Seen:
    """What is to be covered of this frame's detections.

    A sighting stands in a full verdict about the very bytes with `crc` (None: they cannot be read), at their size.
    What anybody else says is covered, but explains nothing: it may be about another moment or another picture.
    """
    sightings: list[Sighting] = []
    loose: list[Box] = []
    for detection in frame.detections:
        if not wanted.covers(detection):
            continue
        if sight.same_size and (kind := _kind(detection, frame, crc)):
            sightings.append(Sighting(frame.captured_at, kind, upright(detection.box)))
        else:
            loose.append(detection.box)
    return Seen(frame.captured_at, sight, sightings, boxes_of(loose))


def _kind(detection: Detection, frame: Frame, crc: int | None) -> str | None:
    """What is found by one model under one name; None where its verdict does not count."""
    verdicts = frame.verdicts or ()
    if detection.by >= len(verdicts):
        return None
    verdict = verdicts[detection.by]
    return f"{verdict.model}: {detection.label}" if verdict.how == "full" and verdict.image_crc == crc else None
