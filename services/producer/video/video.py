"""Opens a source with FFmpeg (PyAV) and decodes what is wanted of it."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG
from time import monotonic

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from services.producer.plan import Plan
from services.producer.segments.segments import Segmenter, is_of, segmenter_of, to_the_end
from services.producer.sources.shots import MediaTime, Piece, Shot, Shots, SourceError, Wants
from services.producer.sources.urls import Source
from services.producer.video.decoder import PATIENCE_S, Decoder, Tally
from services.producer.video.feed import Feed, Picker, seconds
from services.producer.video.ffmpeg_errors import errors_told
from services.producer.video.lag import Lag
from services.producer.video.open_container import open_container
from services.producer.video.pace import paced
from services.producer.video.pickers import picker_of
from services.producer.video.reference_time import ReferenceTime


@contextmanager
def open_video(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
    """Raises SourceError here and while the pictures are read; a live source that ends in order just ends."""
    _check_file(source)
    tally = Tally(PATIENCE_S) if source.live else Tally()
    with errors_told(source, opening=True):
        container = open_container(source, plan)
    with container:
        stream = container.streams.best("video")
        if not isinstance(stream, VideoStream) or not stream.codec_context:
            raise SourceError(f"{source.label}: no video in it", "no video")
        segmenter = segmenter_of(source, plan, container, stream)
        if plan.packets_only and segmenter is None:
            raise SourceError(f"{source.label}: no video in it that segments can carry", "no video")
        decoder = Decoder(stream, source.label, tally)
        with closing(_shots(source, container, plan, stream, decoder, wants, segmenter)) as shots:
            whole = to_the_end(shots, segmenter)
            yield paced(whole) if source.bursts else whole


def _check_file(source: Source) -> None:
    """A pipe or a device would be waited for, or more would be read of it than a film. Raises SourceError."""
    if source.scheme == "file":
        try:
            regular = S_ISREG(Path(source.label).stat().st_mode)
        except (OSError, ValueError):
            return
        if not regular:
            raise SourceError(f"{source.label}: no file", "no video")


def _shots(
    source: Source,
    container: InputContainer,
    plan: Plan,
    stream: VideoStream,
    decoder: Decoder,
    wants: Wants,
    segmenter: Segmenter | None,
) -> Generator[Shot | Piece, None, None]:
    time = MediaTime(float(stream.average_rate or stream.guessed_rate or 25))
    feed = Feed(decoder, time, ReferenceTime(), wants)
    time.watch = segmenter.saw if segmenter else None
    lags = source.live and not source.bursts and not plan.packets_only
    reading = _Reading(feed, picker_of(plan, feed, stream), Lag() if lags else None)
    with errors_told(source):
        asked_s = monotonic()
        for packet in container.demux(segmenter.streams if segmenter else stream):
            waited_s = monotonic() - asked_s
            if segmenter:
                yield from segmenter.take(packet)
            if is_of(packet, stream):
                yield from reading.take(packet, waited_s)
            if decoder.tally.hopeless():
                break
            asked_s = monotonic()
    if not decoder.tally.found or decoder.tally.hopeless():
        raise SourceError(f"{source.label}: no picture can be decoded", "no video")


class _Reading:
    """Packets to shots, as many as there is time for."""

    def __init__(self, feed: Feed, picker: Picker, lag: Lag | None) -> None:
        self._feed, self._picker, self._lag = feed, picker, lag

    def take(self, packet: "Packet[VideoStream]", waited_s: float) -> Iterator[Shot]:
        """`waited_s`: for this packet."""
        if packet.size:
            self._feed.reference.hear(packet)
            yield from self._in_time(packet, waited_s) if self._lag else self._picker.take(packet)
        elif packet.dts is None:
            yield from self._picker.finish()

    def _in_time(self, packet: "Packet[VideoStream]", waited_s: float) -> Iterator[Shot]:
        lag, stamp = self._lag, packet.pts if packet.dts is None else packet.dts
        if lag is None:
            return
        was_lost = lag.lost
        lag.arrived(seconds(stamp, packet.time_base), waited_s, packet.is_keyframe)
        if lag.lost and not was_lost:
            yield from map(_left_out, self._picker.finish())
        if lag.lost:
            shot = self._feed.unasked(seconds(stamp, packet.time_base))
            yield replace(shot, behind=self._feed.wants(shot.media_s))
        else:
            shots = self._picker.take(packet)
            yield from map(_left_out, shots) if lag.late else shots


def _left_out(shot: Shot) -> Shot:
    return shot if shot.picture is None else replace(shot, picture=None, behind=True)
