"""When a camera is looked at."""

from collections.abc import Callable

from libs.common.hours import Hours
from libs.common.messages import Frame
from services.detector.counts import Counts


class Schedule:
    """Says of each frame whether it is to be looked at, by the time at which it was captured."""

    def __init__(self, hours_of: Callable[[str], Hours | None], counts: Counts) -> None:
        """`hours_of`: of a camera; None: always."""
        self._hours_of = hours_of
        self._counts = counts

    def __call__(self, frame: Frame) -> bool:
        found = self._hours_of(frame.camera)
        if found is None or found.hold(frame.captured_at):
            return True
        self._counts.looked.labels("inactive").inc()
        return False
