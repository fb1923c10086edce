"""The pictures of what is told: the newest from memory, others from the topic where they lie, if they may be shown."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from libs.common.clock import Clock
from libs.common.messages import Detection, Frame, Notice, replace
from services.notifier import notices
from services.notifier.happenings import withheld
from services.notifier.notices import PICTURE
from services.notifier.rules.rule import Rule

MOST_BYTES = 32 << 20
BESIDE_BYTES = 1024
MOST_MISSED = 2000
AGAIN_S = 60.0
"""A frame that was not found is not looked up again sooner."""

Draw = Callable[[bytes, Sequence[Detection]], bytes]
"""The same JPEG with boxes in it."""


@dataclass
class Pictures:
    """Called from several threads. `find` looks a notice's frame up; `draw`: None, boxes cannot be drawn here."""

    find: Callable[[Notice], Sequence[Frame]]
    clock: Clock
    draw: Draw | None = None
    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[tuple[str, bool], Frame] = field(default_factory=OrderedDict)
    """By name, and whether nobody has covered it."""
    _missed: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _used_bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, frame: Frame) -> None:
        """A frame with events: it will be asked for. One that is withheld is kept without its black picture."""
        is_raw = frame.redaction is None
        kept = replace(frame, image=b"", detections=()) if withheld(frame) and not is_raw else frame
        with self._lock:
            self._drop((frame.frame_id, is_raw))
            self._kept[frame.frame_id, is_raw] = kept
            self._used_bytes += _size(kept)
            while self._used_bytes > self.most_bytes:
                self._drop(next(iter(self._kept)))

    def of(self, notice: Notice, rule: Rule | None) -> bytes | None:
        """The JPEG that may be sent by this rule, None if there is none. May take seconds; never raises.

        One that nobody has covered only where the rule says `raw` of this channel, and said it when the notice was
        decided; `rule`: None, it is in the book no more. An event that names a frame of another camera has none: rules
        were asked about its own.
        """
        if notice.frame_id is None or isinstance(notice.data.get(PICTURE), str) or not _wants(rule):
            return None
        may_be_raw = rule is not None and notices.may_be_raw(notice, rule)
        frame = self._in_memory(notice.frame_id, may_be_raw)
        if frame is None:
            frame = self._looked_up(notice, may_be_raw)
        if frame is None or not frame.image or frame.camera != notice.camera:
            return None
        wants_boxes = rule is not None and rule.boxes and self.draw is not None
        return self.draw(frame.image, frame.detections) if wants_boxes and self.draw else frame.image

    def why_none(self, notice: Notice) -> str:
        """Why the picture of this notice, which was asked for and is not there, may not be shown; empty: it is gone.

        A reason as in a frame's redaction, or `not-redacted`.
        """
        with self._lock:
            kept = [self._kept.get((notice.frame_id or "", is_raw)) for is_raw in (False, True)]
        ours = [frame for frame in kept if frame is not None and frame.camera == notice.camera]
        return withheld(ours[0]) if ours else ""

    def _in_memory(self, frame_id: str, may_be_raw: bool) -> Frame | None:
        """Of two the covered one, unless the rule asks for the other."""
        with self._lock:
            kept = [self._kept.get((frame_id, is_raw)) for is_raw in ((True, False) if may_be_raw else (False,))]
        return next((frame for frame in kept if frame is not None), None)

    def _looked_up(self, notice: Notice, may_be_raw: bool) -> Frame | None:
        """One look-up at a time: the next one may find in memory what this one has found."""
        frame_id = notice.frame_id or ""
        with self._looking:
            if (frame := self._in_memory(frame_id, may_be_raw)) is not None:
                return frame
            if self._missed.get(frame_id, float("-inf")) + AGAIN_S > self.clock.monotonic_s():
                return None
            for found in self.find(notice):
                self.keep(found)
            if (frame := self._in_memory(frame_id, may_be_raw)) is None:
                self._miss(frame_id)
            return frame

    def _miss(self, frame_id: str) -> None:
        self._missed[frame_id] = self.clock.monotonic_s()
        self._missed.move_to_end(frame_id)
        if len(self._missed) > MOST_MISSED:
            self._missed.popitem(last=False)

    def _drop(self, key: tuple[str, bool]) -> None:
        if (frame := self._kept.pop(key, None)) is not None:
            self._used_bytes -= _size(frame)


def _wants(rule: Rule | None) -> bool:
    return rule is None or rule.picture


def _size(frame: Frame) -> int:
    return len(frame.image) + BESIDE_BYTES + 200 * len(frame.detections)
