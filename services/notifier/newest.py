"""How far each camera's frames have come, and whether its alerts are paused."""

from collections import OrderedDict
from dataclasses import dataclass, field

from libs.common.messages import Frame
from libs.common.pauses import ALERTS, is_paused
from services.notifier.happenings import place_of

MOST_CAMERAS = 1000


@dataclass
class Newest:
    """By camera, the newest frame that came: an event whose frame is behind it need not wait for it."""

    _cameras: OrderedDict[str, tuple[str, int, bool]] = field(default_factory=OrderedDict)

    def note(self, frame: Frame) -> None:
        self._cameras[frame.camera] = (frame.boot, frame.seq, is_paused(frame, ALERTS))
        self._cameras.move_to_end(frame.camera)
        if len(self._cameras) > MOST_CAMERAS:
            self._cameras.popitem(last=False)

    def is_behind(self, frame_id: str | None) -> bool:
        """Whether this frame cannot come any more: it, or a later one of its boot, was here. True for no frame."""
        if (place := place_of(frame_id)) is None:
            return True
        camera, boot, seq = place
        newest = self._cameras.get(camera)
        return newest is not None and newest[0] == boot and newest[1] >= seq

    def is_paused(self, camera: str) -> bool:
        """As its newest frame says: an event does not say it itself."""
        newest = self._cameras.get(camera)
        return newest is not None and newest[2]

    def forget(self, camera: str) -> None:
        self._cameras.pop(camera, None)
