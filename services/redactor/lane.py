"""The held frames of one camera, in strict order, and the boot that is running."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.images import JpegInfo
from libs.common.messages import Frame
from services.redactor.policy import Policy
from services.redactor.seen import Boxes, Seen
from services.redactor.timeline import After, Before, Timeline, Wait
from services.redactor.verdicts import Reason, standing

DETECTION_BYTES = 500
"""About what a detection takes in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """One input frame with all that was found out about it."""

    frame: Frame
    info: JpegInfo
    seen: Seen
    arrived_s: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the JPEG itself, whatever the message says."""
        return self.info.width, self.info.height

    @property
    def bytes(self) -> int:
        return len(self.frame.image) + DETECTION_BYTES * (2 + len(self.frame.detections))


Fate = Boxes | Reason
Release = tuple[Held, Fate]


class Lane:
    """Frames go in as they arrive and come out in the same order, each with its fate."""

    def __init__(self, policy: Policy) -> None:
        self.queue: deque[Held] = deque()
        self.bytes = 0
        self.boot: str | None = None
        self.seen_s = 0.0
        self._policy = policy
        self._last: Frame | None = None
        self._highest = -1
        self._timeline = Timeline(policy, before="start")

    def take(self, held: Held) -> list[Release]:
        """Let a frame in; what is released by it comes out, perhaps itself."""
        released = self._enter(held)
        self.queue.append(held)
        self.bytes += held.bytes
        return released + self.ready()

    def recall(self, held: Held) -> None:
        """Know an earlier frame without letting it out again."""
        if not self.queue:
            self._enter(held)
            self.ready()

    def glimpse(self, frame: Frame, seen: Seen) -> None:
        """Know the boxes of a frame that cannot be let in."""
        if frame.boot == self.boot and not self._break_before(frame):
            self._know(frame, seen)

    def end(self, boot: str) -> list[Release]:
        """The boot is over: everything leaves with what is known; later frames of it are as good as a late start."""
        if boot != self.boot:
            return []
        self.boot = None
        return self._close(after=None, then="start")

    def ready(self) -> list[Release]:
        """Everything at the head whose fate is known."""
        released = list(self._decided())
        if self.queue:
            self._timeline.prune(self.queue[0].seen.at)
        elif self._last:
            self._timeline.prune(self._last.captured_at)
        return released

    def late(self) -> list[Release]:
        """The oldest held frame has waited enough."""
        return [(self._pop(), "late"), *self.ready()]

    def _enter(self, held: Held) -> list[Release]:
        frame = held.frame
        if frame.boot != self.boot:
            released = self._close(after=None, then=None if frame.seq == 0 else "start")
            self.boot, self._highest = frame.boot, -1
        elif broken := self._break_before(frame):
            if frame.still and broken == "mismatch":
                return []
            released = self._close(after=broken, then=broken)
            if broken == "gap":
                return released
        else:
            released = []
        self._know(frame, held.seen)
        return released

    def _know(self, frame: Frame, seen: Seen) -> None:
        self._last, self._highest = frame, frame.seq
        self._timeline.add(seen)

    def _break_before(self, frame: Frame) -> Reason | None:
        """Why this frame does not continue the boot: one out of order has no place in time, one of another size has."""
        if frame.seq <= self._highest:
            return "gap"
        last = self._last
        if last is None:
            return None
        if frame.captured_at <= last.captured_at:
            return "gap"
        return None if (frame.width, frame.height) == (last.width, last.height) else "mismatch"

    def _close(self, after: After, then: Before) -> list[Release]:
        """Let everything out, with `after` beyond the last frame, and begin anew with `then` before the next."""
        self._timeline.after = after
        released = self.ready()
        self._timeline, self._last = Timeline(self._policy, before=then), None
        return released

    def _decided(self) -> Iterator[Release]:
        while self.queue:
            fate = self._fate(self.queue[0])
            if isinstance(fate, str) and fate == "wait":
                return
            yield self._pop(), fate

    def _fate(self, held: Held) -> Fate | Wait:
        return alone(held, self._policy) if held.frame.still else self._timeline.decide(held.seen)

    def _pop(self) -> Held:
        held = self.queue.popleft()
        self.bytes -= held.bytes
        return held


def alone(held: Held, policy: Policy) -> Fate:
    """The fate of a still: its own verdict and boxes decide. Carried means that nobody looked at it."""
    own = standing(held.seen.sight, policy.wanted.labels(held.seen.sight.named))
    if own == "full":
        return held.seen.boxes
    return "not-looked" if own == "carried" else own
