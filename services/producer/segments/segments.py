"""The camera's own packets, cut into pieces of a transport stream; nothing is decoded for it."""

import logging
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeGuard

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from services.producer.plan import Plan
from services.producer.segments.media_ticks import TICKS, Stamps
from services.producer.segments.picture_packets import PicturePackets, why_not
from services.producer.segments.segment_cutter import Cutter
from services.producer.segments.sound_packets import sound_of
from services.producer.segments.transport_stream import Mark, TransportStream
from services.producer.sources.shots import Piece, Shot, Shots, SourceError
from services.producer.sources.urls import Source

log = logging.getLogger(__name__)

REMEMBERED = 512
"""Times of pictures: those of one segment, and of those that the decoder holds back."""


class Segmenter:
    """Of one opening of a source."""

    def __init__(self, source: Source, stream: VideoStream, sound: AudioStream | None) -> None:
        codec = stream.codec_context.name
        self._label, self._stream = source.label, stream
        self._out = TransportStream()
        self._stamps = Stamps(float(stream.average_rate or stream.guessed_rate or 25))
        self._pictures = PicturePackets(source.label, stream, self._out.add(codec), self._stamps)
        self._cutter = Cutter(codec, self._out.tables, self._seen_s)
        self._seen: OrderedDict[int, float] = OrderedDict()
        self._sound = sound_of(sound, self._out, self._stamps) if sound else None
        self.streams = (stream, sound) if sound else (stream,)

    def saw(self, stamp_s: float, media_s: float) -> None:
        """A picture has this media time, so its segment has it, too."""
        self._seen[round(stamp_s * TICKS)] = media_s
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def take(self, packet: "Packet[Any]") -> Iterator[Piece]:
        """The pieces that this packet of `streams` completes; a picture's packet is left as it is."""
        if not packet.size:
            return
        if is_of(packet, self._stream):
            for ready in self._pictures.of(packet):
                yield from self._put(ready.packet, ready.mark)
        elif self._sound:
            for sound in self._sound.of(packet):
                yield from self._put(sound, None)

    def finish(self) -> Iterator[Piece]:
        """What is left, at the end of the stream."""
        try:
            for marked in self._out.close():
                yield from self._cutter.add(marked)
        except av.error.FFmpegError as error:
            log.debug("%s: its segments have no proper end: %s", self._label, error.strerror)
        yield from self._cutter.finish(self._stamps.step)

    def _put(self, packet: "Packet[Stream]", mark: Mark | None) -> Iterator[Piece]:
        try:
            for marked in self._out.put(packet, mark):
                yield from self._cutter.add(marked)
        except av.error.FFmpegError as error:
            log.debug("%s: a packet that no segment can carry: %s", self._label, error.strerror)

    def _seen_s(self, mark: Mark) -> float | None:
        if mark.stamp is None:
            return None
        near = (mark.stamp, mark.stamp - 1, mark.stamp + 1)
        return next((self._seen[stamp] for stamp in near if stamp in self._seen), None)


def segmenter_of(source: Source, plan: Plan, container: InputContainer, stream: VideoStream) -> Segmenter | None:
    """None where no segments are asked for, or where a transport stream has no place for such video: that is said."""
    if not plan.video:
        return None
    if reason := why_not(stream):
        _say_once(f"{source.label}: no segments: {reason}")
        return None
    sound = container.streams.best("audio") if plan.audio else None
    usable = sound if isinstance(sound, AudioStream) and sound.codec_context else None
    if plan.audio and not usable:
        _say_once(f"{source.label}: no sound in it that can be read")
    try:
        return Segmenter(source, stream, usable)
    except av.error.FFmpegError as error:
        _say_once(f"{source.label}: no segments: how its video is coded cannot be understood: {error.strerror}")
        return None


def is_of(packet: "Packet[Any]", stream: VideoStream) -> TypeGuard["Packet[VideoStream]"]:
    """Whether it is one of the pictures."""
    return packet.stream_index == stream.index


def to_the_end(shots: Shots, segmenter: Segmenter | None) -> Iterator[Shot | Piece]:
    """The shots and, behind the last one or where the source breaks off, what the segmenter still holds."""
    rest = segmenter.finish if segmenter else _nothing
    try:
        yield from shots
    except SourceError:
        yield from rest()
        raise
    yield from rest()


def _nothing() -> Iterator[Piece]:
    return iter(())


@lru_cache(maxsize=1000)
def _say_once(text: str) -> None:
    """However often a camera is opened again."""
    log.warning("%s", text)
