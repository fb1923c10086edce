"""One opening of a source: its shots become messages, in one boot or, after a step of the clock, in several."""

from collections.abc import Callable, Generator, Iterator
from typing import Protocol

from libs.common.clock import Clock
from libs.common.messages import End, Message
from services.producer.backoff import Wait
from services.producer.boot import Boot
from services.producer.diary import Diary
from services.producer.plan import Plan
from services.producer.sources.shots import Piece, Shot, Shots
from services.producer.sources.urls import Source
from services.producer.stream_clock import StreamClock
from services.producer.times import FileTimes, Times

STOPPED, CLOCK_STEP = "stopped", "clock step"


class Takes(Protocol):
    """What makes messages of shots."""

    def messages(self, boot: Boot, taken_s: float, shot: Shot) -> Iterator[Message]:
        """`taken_s`: since the start of the boot."""
        ...


class Opening:
    """Begins a boot with the first shot; whoever plays it ends it, whatever happened."""

    def __init__(self, plan: Plan, source: Source, clock: Clock, wait: Wait, capture: Takes, diary: Diary) -> None:
        self._plan, self._source, self._diary = plan, source, diary
        self._clock, self._wait, self._capture = clock, wait, capture
        self._going: tuple[Boot, Times] | None = None

    def play(self, shots: Shots, at_end: str, over: Callable[[], str]) -> Generator[Message, None, str]:
        """Returns why it ended: `at_end`, stopped, or the reason that `over` gives after a shot. Raises SourceError."""
        for shot in shots:
            if self._going and self._going[0].clock_stepped():
                yield from self.end(CLOCK_STEP)
            self._going = boot, times = self._going or self._begun(shot)
            if self._wait(times.early_s(shot.media_s)):
                return STOPPED
            if isinstance(shot, Piece):
                yield boot.segment(shot, times.at_s(shot.media_s), times.at_s(shot.media_s + shot.duration_s))
            else:
                yield from self._capture.messages(boot, times.taken_s(shot), shot)
            if reason := over():
                return reason
        return at_end

    def end(self, reason: str) -> Iterator[End]:
        """Nothing where nothing came: then there was no boot."""
        if self._going:
            boot, _ = self._going
            self._going = None
            yield boot.end(reason)

    def _begun(self, first: Shot | Piece) -> tuple[Boot, Times]:
        boot = Boot(self._plan.camera, self._clock)
        if self._source.live:
            return boot, StreamClock(first.media_s, boot.elapsed_s, self._clock, self._odd)
        return boot, FileTimes(first.media_s, self._plan.speed, boot.elapsed_s)

    def _odd(self, word: str) -> None:
        self._diary.odd(self._source.label, word)
