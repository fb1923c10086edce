"""Scripted sources and a clock that waits without sleeping."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from av.video.frame import VideoFrame

from libs.common.messages import End, Frame, Message
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.sources.shots import Piece, Shot, Shots, SourceError, Wants
from services.producer.sources.urls import Source


def pictured(messages: Iterator[Message]) -> Iterator[Frame | End]:
    """What goes with the pictures, without what is told of the camera's state."""
    return (message for message in messages if isinstance(message, Frame | End))


class FakeWait:
    """Waiting moves the clock; asked to stop by `stop`, or by itself after so many calls."""

    def __init__(self, clock: FakeClock, stop_after: int | None = None) -> None:
        self.clock, self.stop_after = clock, stop_after
        self.stop = False
        self.waits_s: list[float] = []

    def __call__(self, seconds: float) -> bool:
        self.waits_s.append(seconds)
        self.stop = self.stop or len(self.waits_s) == self.stop_after
        if not self.stop:
            self.clock.advance(seconds)
        return self.stop


def image(width: int = 32, height: int = 16) -> VideoFrame:
    """A grey full-range picture as a decoder gives it."""
    return VideoFrame.from_ndarray(np.full((height * 3 // 2, width), 128, np.uint8), "yuvj420p")


Script = Iterable[Any]
"""Of float | tuple[float, VideoFrame | bytes] | Shot | str | Piece | Callable[[], object]."""


@contextmanager
def opened(steps: Script, wants: Wants) -> Iterator[Shots]:
    """Gives a picture at each number (its media time), or the given one; fails at each text; calls each function."""

    def shots() -> Shots:
        for step in steps:
            if isinstance(step, str):
                raise SourceError(f"camera: {step}", step)
            if isinstance(step, float):
                yield Shot(step, image() if wants(step) else None)
            elif isinstance(step, Shot):
                yield step if wants(step.media_s) else replace(step, picture=None)
            elif isinstance(step, tuple):
                media_s, picture = step
                yield Shot(media_s, picture if wants(media_s) else None)
            elif isinstance(step, Piece):
                yield step
            else:
                step()

    yield shots()


class Openings:
    """One script per opening; a text instead of a script is a refused opening. After the last it asks to stop."""

    def __init__(self, wait: FakeWait, *scripts: Script | str) -> None:
        self._wait, self._scripts = wait, iter(scripts)

    @contextmanager
    def __call__(self, source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        script = next(self._scripts, None)
        if script is None:
            self._wait.stop = True
            script = "nothing more"
        if isinstance(script, str):
            raise SourceError(f"camera: {script}", script)
        with opened(script, wants) as shots:
            yield shots
