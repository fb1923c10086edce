"""How far each camera's frames have come, and whether its alerts are paused."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from libs.common.clock import Clock
from libs.common.messages import Frame, Status
from libs.common.pauses import ALERTS, is_paused
from services.notifier.happenings import place_of

MOST_CAMERAS = 1000


class _Frame(NamedTuple):
    """What is asked of the newest; `came_s`: monotonic."""

    boot: str
    seq: int
    is_paused: bool
    came_s: float


@dataclass
class Newest:
    """By camera, the newest frame that came: an event whose frame is behind it need not wait for it.

    Of a camera whose frames come covered and raw the covered ones count: they come later. `fresh_s`: what is older says
    nothing of pauses any more. `statuses`: the newest of each camera, as far as they are known.
    """

    clock: Clock
    fresh_s: float = 10.0
    statuses: Callable[[], Mapping[str, Status]] = dict
    _cameras: OrderedDict[str, _Frame] = field(default_factory=OrderedDict)
    _covered: set[str] = field(default_factory=set)

    def note(self, frame: Frame) -> None:
        if frame.redaction is not None:
            self._covered.add(frame.camera)
        elif frame.camera in self._covered:
            return
        came = _Frame(frame.boot, frame.seq, is_paused(frame, ALERTS), self.clock.monotonic_s())
        self._cameras[frame.camera] = came
        self._cameras.move_to_end(frame.camera)
        if len(self._cameras) > MOST_CAMERAS:
            self.forget(next(iter(self._cameras)))

    def is_behind(self, frame_id: str | None) -> bool:
        """Whether this frame cannot come any more: it, or a later one of its boot, was here. True for no frame."""
        if (place := place_of(frame_id)) is None:
            return True
        camera, boot, seq = place
        newest = self._cameras.get(camera)
        return newest is not None and newest.boot == boot and newest.seq >= seq

    def will_be_covered(self, frame: Frame) -> bool:
        """Whether the same frame is still to come, covered."""
        return frame.redaction is None and frame.camera in self._covered and not self.is_behind(frame.frame_id)

    def is_paused(self, camera: str) -> bool:
        """As its newest frame says, or its status: an event does not say it itself.

        Frames may have stopped coming when alerts are paused, and when they go on.
        """
        newest, status = self._cameras.get(camera), self.statuses().get(camera)
        if status is not None and ALERTS in status.paused:
            return True
        return newest is not None and newest.is_paused and self.clock.monotonic_s() - newest.came_s <= self.fresh_s

    def forget(self, camera: str) -> None:
        self._cameras.pop(camera, None)
        self._covered.discard(camera)
