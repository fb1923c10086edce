"""Opens a source with FFmpeg (PyAV) and decodes it, one picture after the other."""

import logging
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common.jpeg_header import MAX_PIXELS
from services.producer.plan import Plan
from services.producer.shots import MediaTime, Shot, Shots, SourceError, Wants
from services.producer.sources import OPEN_S, READ_S, Source

log = logging.getLogger(__name__)

MOST_BARREN = 300
"""Packets in a row without a picture: then nothing will come of this stream. Decoders hold back 16 at most."""


@contextmanager
def open_video(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
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
        with closing(_shots(source, container, stream, wants)) as shots:
            yield shots


def _shots(source: Source, container: InputContainer, stream: VideoStream, wants: Wants) -> Generator[Shot, None, None]:
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
                media_s = time.at(frame.time)
                yield Shot(media_s, frame if wants(media_s) else None)
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
