"""Opens a source with FFmpeg (PyAV) and decodes it, one picture after the other."""

import logging
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common.errors import FramebusError
from libs.common.jpeg_header import MAX_PIXELS
from services.producer.sources import OPEN_S, READ_S, Source

log = logging.getLogger(__name__)

LONGEST_GAP_S = 60.0
MOST_BARREN = 300
"""Packets in a row without a picture: then nothing will come of this stream. Decoders hold back 16 at most."""


class SourceError(FramebusError):
    """A source cannot be opened or read further; `reason` is a few fixed words that may go to any topic."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class MediaTime:
    """Seconds since the first picture, strictly rising whatever the stream says about its times."""

    def __init__(self, rate: float) -> None:
        """`rate`: pictures per second where the stream tells no usable time."""
        self._step_s = 1 / rate
        self._stamp_s: float | None = None
        self._now_s = -self._step_s

    def at(self, stamp_s: float | None) -> float:
        """The time of the next picture, which the stream says to be at `stamp_s`."""
        gap_s = self._step_s if stamp_s is None or self._stamp_s is None else stamp_s - self._stamp_s
        if not 0 < gap_s <= LONGEST_GAP_S:
            gap_s = self._step_s
        self._stamp_s = stamp_s
        self._now_s = max(0.0, self._now_s + gap_s)
        return self._now_s


Timed = tuple[float, VideoFrame]
"""A picture behind its media time: seconds since the first one."""
Pictures = Iterator[Timed]


@contextmanager
def open_video(source: Source) -> Iterator[Pictures]:
    """Raises SourceError here and while the pictures are read; a live source that ends in order just ends."""
    timeout = (OPEN_S, READ_S + 1) if source.live else None
    with _errors_told(source):
        container = av.open(source.target, "r", source.format, options=dict(source.options), timeout=timeout)
    with container:
        stream = container.streams.best("video")
        if not isinstance(stream, VideoStream):
            raise SourceError(f"{source.label}: no video in it", "no video")
        # One thread takes the least CPU and holds no picture back; see docs/decisions/pyav-or-opencv.md.
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        with closing(_pictures(source, container, stream)) as pictures:
            yield pictures


def _pictures(source: Source, container: InputContainer, stream: VideoStream) -> Generator[Timed, None, None]:
    time = MediaTime(float(stream.average_rate or stream.guessed_rate or 25))
    found, barren = 0, 0
    with _errors_told(source):
        for packet in container.demux(stream):
            frames = _decoded(source, packet)
            found += len(frames)
            barren = 0 if frames else barren + 1
            if barren > MOST_BARREN:
                break
            for frame in frames:
                yield time.at(frame.time), frame
    if not found or barren > MOST_BARREN:
        raise SourceError(f"{source.label}: no picture can be decoded", "no video")


def _decoded(source: Source, packet: "Packet[VideoStream]") -> list[VideoFrame]:
    """The pictures that a packet completes; none if it is damaged."""
    try:
        return packet.decode()
    except av.error.FFmpegError as error:
        log.debug("%s: a damaged packet: %s", source.label, error.strerror)
        return []


def _reason(source: Source) -> str:
    return "connection lost" if source.live else "read error"


@contextmanager
def _errors_told(source: Source) -> Iterator[None]:
    """FFmpeg's errors without their file name, which holds the password of a camera."""
    try:
        yield
    except (av.error.ExitError, av.error.TimeoutError):
        raise SourceError(f"{source.label}: no answer, no data", "stalled") from None
    except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError):
        raise SourceError(f"{source.label}: user name or password refused", "refused") from None
    except av.error.FFmpegError as error:
        raise SourceError(f"{source.label}: {error.strerror or 'FFmpeg failed'}", _reason(source)) from None
