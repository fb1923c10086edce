"""What an open source gives: its pictures in order, each with its time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from av.video.frame import VideoFrame

from libs.common.errors import FramebusError
from services.producer.plan import Plan
from services.producer.sources.urls import Source

LONGEST_GAP_S = 60.0


class SourceError(FramebusError):
    """A source cannot be opened or read further; `reason` is a few fixed words that may go to any topic."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Shot:
    """`media_s`: seconds since the first picture, strictly rising, by the stream's own pace."""

    media_s: float
    picture: VideoFrame | bytes | None
    """Decoded, or the JPEG as the camera sent it; None: not wanted, so nobody decoded it."""
    wall_ns: int | None = None
    """When it was captured by the camera's own clock (UTC ns), where the stream says it."""
    jumped: bool = False
    """The stream's times go on from somewhere else: how long it took until this picture is not known."""
    still: bool = False
    """It stands alone: no neighbours within a second."""
    behind: bool = False
    """It was wanted and left out, because there are newer ones already."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the stream as it was coded: at most one group of pictures, as an MPEG transport stream.

    `media_s`: as of a Shot, of its first picture; `key`: begins with a key frame and all that a decoder needs for it.
    """

    media_s: float
    duration_s: float
    codec: str
    key: bool
    data: bytes


Shots = Iterator[Shot | Piece]
Wants = Callable[[float], bool]
"""Whether the picture at this media time is to be sent; asked once for each, in order."""
Open = Callable[[Source, Plan, Wants], AbstractContextManager[Shots]]
"""Raises SourceError when opened and while read; a live source that ends in order just ends."""


class MediaTime:
    """Seconds since the first picture, strictly rising whatever the stream says about its times."""

    def __init__(self, rate: float) -> None:
        """`rate`: pictures per second where the stream tells no usable time."""
        self._step_s = 1 / rate
        self._stamp_s: float | None = None
        self._now_s = -self._step_s
        self.jumped = False
        """Of the newest picture: the stream's times went back or far ahead, and `at` went on with one step."""
        self.watch: Callable[[float, float], None] | None = None
        """Told what the stream said of a picture and what that is here."""

    def at(self, stamp_s: float | None) -> float:
        """The time of the next picture, which the stream says to be at `stamp_s`."""
        gap_s = self._step_s if stamp_s is None or self._stamp_s is None else stamp_s - self._stamp_s
        self.jumped = not 0 <= gap_s <= LONGEST_GAP_S
        if not 0 < gap_s <= LONGEST_GAP_S:
            gap_s = self._step_s
        self._stamp_s = stamp_s
        self._now_s = max(0.0, self._now_s + gap_s)
        if self.watch is not None and stamp_s is not None:
            self.watch(stamp_s, self._now_s)
        return self._now_s
