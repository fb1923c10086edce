"""One camera as a pure source: pictures become an iterator of messages. It knows no bus, it sleeps only in `wait`."""

import logging
from collections.abc import Callable, Generator, Iterator

from av.video.frame import VideoFrame

from libs.common.clock import Clock
from libs.common.errors import FatalError
from libs.common.messages import End, Message
from services.producer.backoff import Backoff
from services.producer.boot import Boot
from services.producer.open_source import open_source
from services.producer.pictures import Picture, PictureEncoder
from services.producer.plan import Plan
from services.producer.sampling import Sampler
from services.producer.shots import Open, Piece, Shots, SourceError
from services.producer.sources import Source, read_url
from services.producer.state import State

log = logging.getLogger(__name__)

Wait = Callable[[float], bool]
"""Waits so many seconds, less if asked to stop: then, and from then on, it returns True (threading.Event.wait)."""
Messages = Iterator[Message]

END_OF_FILE, STOPPED, CLOCK_STEP, LOST = "end of file", "stopped", "clock step", "connection lost"


def no_count(reason: str) -> None:
    """Counts nothing."""


def no_time(seconds: float) -> None:
    """Notes nothing."""


def produce(
    plan: Plan,
    clock: Clock,
    wait: Wait,
    dropped: Callable[[str], None] = no_count,
    opener: Open = open_source,
    took: Callable[[float], None] = no_time,
) -> Messages:
    """Frames in order, an End after the last frame of every boot, and what is to be told of the camera's state.

    A file ends the iterator (or begins again with `loop`); a live source is opened again for ever. `dropped` is told
    the reason of each captured picture that cannot be sent, `took` the seconds in which one was made a JPEG. Raises
    SettingsError for a URL that is none, FatalError for a file that cannot be played.
    """
    source = read_url(plan.url)
    camera = _Camera(plan, source, clock, wait, dropped, opener, took)
    return camera.live() if source.live else camera.file()


class _Camera:
    """One source and what is to be done with it."""

    def __init__(
        self,
        plan: Plan,
        source: Source,
        clock: Clock,
        wait: Wait,
        dropped: Callable[[str], None],
        opener: Open,
        took: Callable[[float], None],
    ) -> None:
        self._plan, self._source, self._clock, self._wait = plan, source, clock, wait
        self._dropped, self._open, self._took = dropped, opener, took
        self._encoder = PictureEncoder(plan.quality, plan.resize)
        self._state = State(plan.camera, source.scheme, clock)
        self._backoff = Backoff()
        self._boot: Boot | None = None
        self._last_boot = ""
        self._trouble = ""

    def file(self) -> Messages:
        """Once, or over and over."""
        try:
            while (yield from self._opening(END_OF_FILE)) != STOPPED and self._plan.loop:
                log.debug("%s: from the beginning", self._source.label)
        except SourceError as error:
            raise FatalError(str(error)) from None

    def live(self) -> Messages:
        """Until stopped."""
        while True:
            try:
                if (yield from self._opening(LOST)) == STOPPED:
                    return
                reason, text = LOST, f"{self._source.label}: {LOST}"
            except SourceError as error:
                reason, text = error.reason, str(error)
            self._tell(text)
            yield from self._state.disconnected(self._last_boot, reason)
            if self._wait(self._backoff.next_s()):
                return

    def _tell(self, trouble: str) -> None:
        """The same trouble again and again is one line."""
        log.log(logging.DEBUG if trouble == self._trouble else logging.WARNING, "%s; trying again", trouble)
        self._trouble = trouble

    def _opening(self, at_end: str) -> Generator[Message, None, str]:
        """Everything from one opening of the source; returns why it is over."""
        sampler = Sampler(self._plan.every, self._plan.fps)
        try:
            with self._open(self._source, self._plan, sampler.wants) as shots:
                reason = yield from self._play(shots, at_end)
        except SourceError as error:
            yield from self._end(error.reason)
            raise
        yield from self._end(reason)
        return reason

    def _play(self, shots: Shots, at_end: str) -> Generator[Message, None, str]:
        for shot in shots:
            if self._boot and self._boot.clock_stepped():
                yield from self._end(CLOCK_STEP)
            boot = self._boot = self._boot or Boot(self._plan.camera, self._clock, shot.media_s)
            if self._wait(self._early_s(boot, shot.media_s)):
                return STOPPED
            if isinstance(shot, Piece):
                yield boot.segment(shot)
            elif shot.picture is not None:
                yield from self._capture(boot, shot.media_s, shot.picture)
        return at_end

    def _end(self, reason: str) -> Iterator[End]:
        """Nothing where no picture came: then there was no boot."""
        if self._boot:
            boot, self._boot = self._boot, None
            yield boot.end(reason)

    def _played_s(self, boot: Boot, media_s: float) -> float:
        """Seconds from the start of the boot to the moment when this picture of a file is due."""
        return (media_s - boot.media_s) / (self._plan.speed or 1.0)

    def _early_s(self, boot: Boot, media_s: float) -> float:
        """How long a picture of a file has to wait for its time; live ones and speed 0 never do."""
        if self._source.live or not self._plan.speed:
            return 0.0
        return max(0.0, self._played_s(boot, media_s) - boot.elapsed_s())

    def _capture(self, boot: Boot, media_s: float, picture: VideoFrame | bytes) -> Iterator[Message]:
        elapsed_s = boot.elapsed_s() if self._source.live else self._played_s(boot, media_s)
        seq, captured_at = boot.capture(elapsed_s)
        began_s = self._clock.monotonic_s()
        coded = self._encoder.encode(picture)
        self._took(self._clock.monotonic_s() - began_s)
        if coded is None:
            self._dropped("too-large")
            return
        yield from self._pictures_come(boot, coded)
        yield boot.frame(seq, captured_at, coded)

    def _pictures_come(self, boot: Boot, picture: Picture) -> Iterator[Message]:
        if self._last_boot != boot.name:
            log.info("%s: pictures of %dx%d come in", self._source.label, picture.width, picture.height)
            self._last_boot = boot.name
            self._backoff.reset()
            self._trouble = ""
        yield from self._state.connected(boot, picture)
