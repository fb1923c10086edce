"""How far each camera's frames have come, and whether its alerts are paused."""

from collections import OrderedDict
from dataclasses import dataclass, field

from libs.common.messages import Frame
from libs.common.pauses import ALERTS, is_paused
from services.notifier.happenings import place_of

MOST_CAMERAS = 1000


@dataclass
class Newest:
    """By camera, the newest frame that came: an event whose frame is behind it need not wait for it.

    Of a camera whose frames come covered and raw the covered ones count: they come later.
    """

    _cameras: OrderedDict[str, tuple[str, int, bool]] = field(default_factory=OrderedDict)
    _covered: set[str] = field(default_factory=set)

    def note(self, frame: Frame) -> None:
        if frame.redaction is not None:
            self._covered.add(frame.camera)
        elif frame.camera in self._covered:
            return
        self._cameras[frame.camera] = (frame.boot, frame.seq, is_paused(frame, ALERTS))
        self._cameras.move_to_end(frame.camera)
        if len(self._cameras) > MOST_CAMERAS:
            self.forget(next(iter(self._cameras)))

    def is_behind(self, frame_id: str | None) -> bool:
        """Whether this frame cannot come any more: it, or a later one of its boot, was here. True for no frame."""
        if (place := place_of(frame_id)) is None:
            return True
        camera, boot, seq = place
        newest = self._cameras.get(camera)
        return newest is not None and newest[0] == boot and newest[1] >= seq

    def will_be_covered(self, frame: Frame) -> bool:
        """Whether the same frame is still to come, covered."""
        return frame.redaction is None and frame.camera in self._covered and not self.is_behind(frame.frame_id)

    def is_paused(self, camera: str) -> bool:
        """As its newest frame says: an event does not say it itself."""
        newest = self._cameras.get(camera)
        return newest is not None and newest[2]

    def forget(self, camera: str) -> None:
        self._cameras.pop(camera, None)
        self._covered.discard(camera)
