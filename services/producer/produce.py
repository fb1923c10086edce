"""The producer as a pure source: a video becomes an iterator of messages. It knows no bus and sleeps only through `wait`."""

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from av.video.frame import VideoFrame

from libs.common.clock import Clock
from libs.common.errors import FatalError
from libs.common.messages import End, Frame
from services.producer.backoff import Backoff
from services.producer.boot import Boot
from services.producer.pictures import PictureEncoder
from services.producer.resize import Resize
from services.producer.sampling import Sampler
from services.producer.sources import Source, read_url
from services.producer.video import Pictures, SourceError, open_video

log = logging.getLogger(__name__)

Wait = Callable[[float], bool]
"""Waits so many seconds, less if asked to stop: then, and from then on, it returns True (threading.Event.wait)."""
Open = Callable[[Source], AbstractContextManager[Pictures]]
Messages = Iterator[Frame | End]

END_OF_FILE, STOPPED, CLOCK_STEP, LOST = "end of file", "stopped", "clock step", "connection lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to send of which source."""

    url: str
    camera: str
    every: int = 1
    fps: float | None = None
    resize: Resize | None = None
    quality: int = 85
    loop: bool = False
    speed: float = 1.0


def no_count(reason: str) -> None:
    """Counts nothing."""


def produce(
    plan: Plan, clock: Clock, wait: Wait, dropped: Callable[[str], None] = no_count, open_video: Open = open_video
) -> Messages:
    """Frames in order, and an End after the last frame of every boot.

    A file ends the iterator (or begins again with `loop`); a live source is opened again for ever. `dropped` is told
    the reason of each captured picture that cannot be sent. Raises SettingsError for a URL that is none, FatalError
    for a file that cannot be played.
    """
    source = read_url(plan.url)
    camera = _Camera(plan, source, clock, wait, dropped, open_video)
    return camera.live() if source.live else camera.file()


class _Camera:
    """One source and what is to be done with it."""

    def __init__(
        self, plan: Plan, source: Source, clock: Clock, wait: Wait, dropped: Callable[[str], None], open_video: Open
    ) -> None:
        self._plan, self._source, self._clock, self._wait = plan, source, clock, wait
        self._dropped, self._open = dropped, open_video
        self._encoder = PictureEncoder(plan.quality, plan.resize)
        self._backoff = Backoff()

    def file(self) -> Messages:
        try:
            while (yield from self._opening(END_OF_FILE)) != STOPPED and self._plan.loop:
                log.info("%s: from the beginning", self._source.label)
        except SourceError as error:
            raise FatalError(str(error)) from None

    def live(self) -> Messages:
        reason = ""
        while reason != STOPPED:
            try:
                reason = yield from self._opening(LOST)
                text = f"{self._source.label}: {reason}"
            except SourceError as error:
                text = str(error)
            if reason != STOPPED:
                delay_s = self._backoff.next_s()
                log.warning("%s; opening it again in %.1f s", text, delay_s)
                reason = STOPPED if self._wait(delay_s) else ""

    def _opening(self, at_end: str) -> Generator[Frame | End, None, str]:
        """Everything from one opening of the source; returns why it is over."""
        boot: Boot | None = None
        reason = at_end
        sampler = Sampler(self._plan.every, self._plan.fps)
        try:
            with self._open(self._source) as pictures:
                for media_s, picture in pictures:
                    if boot and boot.clock_stepped():
                        yield boot.end(CLOCK_STEP)
                        boot = None
                    boot = boot or self._begin(media_s)
                    if self._wait(self._early_s(boot, media_s)):
                        reason = STOPPED
                        break
                    if sampler.wants(media_s):
                        yield from self._captured(boot, media_s, picture)
        except SourceError as error:
            if boot:
                yield boot.end(error.reason)
            raise
        if boot:
            yield boot.end(reason)
        return reason
