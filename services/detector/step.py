"""What is done with a frame once it was looked at: one small interface, one module for each step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from libs.common.messages import Detection, Event, Frame, Message
from libs.common.stage import Out
from services.detector.picture import Picture


@dataclass(slots=True)
class Look:
    """What one backend says of one frame; boxes are in 0..1 of the whole frame."""

    model: str
    labels: tuple[str, ...]
    """What was looked for: all of it, found or not."""
    how: str
    """`full`: the whole picture; `carried`: a part of it, or nothing."""
    found: Sequence[Detection] = ()


@dataclass(slots=True)
class Sighting:
    """A frame on its way through the steps; each may change the looks, add events, or put something out beside it."""

    picture: Picture
    looks: list[Look] = field(default_factory=list)
    """One for each backend that could tell, in their order."""
    events: list[Event] = field(default_factory=list)
    """What this frame caused; they also stand in the frame itself."""
    outs: list[Out] = field(default_factory=list)

    @property
    def frame(self) -> Frame:
        return self.picture.frame


class Step(Protocol):
    """Called for every active frame of a camera in order, also for those that nobody looked at (no looks)."""

    def take(self, sighting: Sighting) -> None:
        """Look at it, change it."""
        ...

    def pass_over(self, frame: Frame) -> None:
        """A frame of a camera whose detection is paused: nobody looks at it, and the camera is not silent."""
        return

    def recall(self, camera: str, past: Sequence[Message]) -> None:
        """After a start or a change of hands: what was published of this camera shortly before its next frame.

        Frames of the detector's own output and events, oldest first. Nothing is published for them.
        """
        return

    def tick(self) -> Iterable[Event]:
        """Called a few times a second: what the passing of time causes."""
        return ()

    def forget(self, camera: str) -> None:
        """Drop what is known of a camera."""
        return
