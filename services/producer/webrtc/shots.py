"""A stream as a source: its pictures, decoded in the thread of its camera."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from av.error import FFmpegError
from av.video.frame import VideoFrame

from services.producer.backoff import Wait
from services.producer.plan import Plan
from services.producer.sources.shots import MediaTime, Open, Shot, Shots, SourceError, Wants
from services.producer.sources.urls import Source
from services.producer.webrtc.coded import Decoder
from services.producer.webrtc.limits import MAX_FPS, MaxSize
from services.producer.webrtc.stream import JPEG, LEFT, REPLACED, Coded, Stream

LOOK_S = 0.2
LATE = 8
"""So many newer ones wait: this one is decoded, for the next ones need it, but not sent."""


def opener(stream: Stream, limit: MaxSize, over: Wait) -> Open:
    """`over`: asked while nothing comes whether to stop."""

    def opened(source: Source, plan: Plan, wants: Wants) -> AbstractContextManager[Shots]:
        return _opened(_Reading(stream, limit, wants, plan.key_frames == "only").shots(over))

    return opened


@contextmanager
def _opened(shots: Generator[Shot, None, None]) -> Iterator[Shots]:
    with closing(shots):
        yield shots


class _Reading:
    """Of one stream, from its first picture to its last."""

    def __init__(self, stream: Stream, limit: MaxSize, wants: Wants, key_only: bool) -> None:
        self._stream, self._limit, self._wants, self._key_only = stream, limit, wants, key_only
        self._times = MediaTime(MAX_FPS)
        self._decoder: Decoder | None = None
        self._codec = ""
        self._now_s = 0.0

    def shots(self, over: Wait) -> Generator[Shot, None, None]:
        """Raises SourceError where it is lost; one that left in order just ends."""
        try:
            while not self._stream.finished:
                if (picture := self._stream.take(LOOK_S)) is not None:
                    yield from self._missed()
                    yield from self._shots_of(picture)
                elif self._stream.reason:
                    yield from self._end()
                elif over(0.0):
                    yield Shot(self._now_s, None)
        except SourceError as error:
            self._stream.end(error.reason, str(error))
            self._stream.finished = True
            raise SourceError(f"{self._stream.label}: {error}", error.reason) from None

    def _end(self) -> Iterator[Shot]:
        self._stream.finished = True
        if self._stream.reason in (LEFT, REPLACED):
            yield Shot(self._now_s, None)
            return
        raise SourceError(self._stream.text, self._stream.reason)

    def _missed(self) -> Iterator[Shot]:
        """A number for each that was left out."""
        for _ in range(self._stream.missed()):
            self._now_s = self._times.at(None)
            yield Shot(self._now_s, None, behind=self._wants(self._now_s))

    def _shots_of(self, picture: Coded) -> Iterator[Shot]:
        if self._key_only and not picture.key:
            return
        for decoded in self._decoded(picture):
            self._now_s = self._times.at(picture.stamp_s)
            wanted, late = self._wants(self._now_s), self._stream.waiting() > LATE
            sent = decoded if wanted and not late else None
            yield Shot(self._now_s, sent, jumped=self._times.jumped, behind=wanted and late)

    def _decoded(self, picture: Coded) -> list[VideoFrame] | list[bytes]:
        """Nothing where it is damaged: a key picture is asked for."""
        if picture.codec == JPEG:
            return [picture.data]
        if self._decoder is None or self._codec != picture.codec:
            if not picture.key:
                self._stream.broken()
                return []
            self._decoder, self._codec = Decoder(picture.codec, self._limit), picture.codec
        try:
            frames = self._decoder.decode(picture)
        except FFmpegError:
            self._stream.broken()
            return []
        for frame in frames:
            self._stream.taken(frame.width, frame.height)
        return frames
