"""Whether the detection of a camera is paused: what nobody looks at passes without a verdict."""

from libs.common.messages import Frame
from libs.common.pauses import DETECTION, is_paused
from services.detector.counts import Counts


class Paused:
    """Says of each frame whether it is to pass unlooked, by its own tag, and counts those; stills too."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def __call__(self, frame: Frame) -> bool:
        if not is_paused(frame, DETECTION):
            return False
        self._counts.looked.labels("paused").inc()
        return True
