"""The packets of a camera's video, made ready for a transport stream."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from services.producer.segments.media_ticks import TICKS, Stamps, ticks
from services.producer.segments.parameter_sets import START, ParameterSets
from services.producer.segments.transport_stream import Mark

log = logging.getLogger(__name__)

FILTERS = {
    "h264": "h264_mp4toannexb",
    "hevc": "hevc_mp4toannexb",
    "mpeg2video": "null",
    "mpeg4": "mpeg4_unpack_bframes",
}
"""What a transport stream carries so that everybody can play it -> FFmpeg's filter for those that lie in files."""
UNTIMED = ("avi", "h264", "hevc", "mpegvideo")
"""Formats that do not say when a picture is shown, which matters where pictures are coded in another order."""
MOST_WITHOUT_KEY = 500


def why_not(stream: VideoStream) -> str | None:
    """What keeps this video out of a transport stream, None: nothing."""
    codec, form = stream.codec_context.name, stream.container.format.name
    if codec not in FILTERS:
        return f"a transport stream cannot carry {codec}, only {', '.join(FILTERS)}"
    if form in UNTIMED and stream.codec_context.has_b_frames:
        return f"a file of the form {form} does not say when its pictures are shown, and they are not in order"
    return None


@dataclass(frozen=True, slots=True)
class Ready:
    """A packet for the muxer, which is its owner from now on, and where it lies in time."""

    packet: "Packet[Stream]"
    mark: Mark


class PicturePackets:
    """Of one stream, from its first key picture on: what comes before cannot be decoded by anybody."""

    def __init__(self, label: str, stream: VideoStream, into: Stream, stamps: Stamps) -> None:
        """`into`: the stream of the muxer, which learns how the pictures are coded."""
        codec = stream.codec_context.name
        self._label, self._into, self._stamps = label, into, stamps
        self._filter = BitStreamFilterContext(FILTERS[codec], stream, into)
        header = stream.codec_context.extradata or b""
        in_band_form = header.startswith((START, b"\0" + START))
        self._sets = ParameterSets(codec, header if in_band_form else b"")
        self._without_key = 0
        self._began = False
        self._ahead = 0

    def of(self, packet: "Packet[VideoStream]") -> Iterator[Ready]:
        """The packet itself is left as it is. A damaged one gives nothing."""
        try:
            found = self._filter.filter(self._copy(packet))
        except av.error.FFmpegError as error:
            log.debug("%s: a damaged packet is no part of the segments: %s", self._label, error.strerror)
            return
        yield from self._ready(found)

    def _copy(self, packet: "Packet[VideoStream]") -> "Packet[Stream]":
        copy = Packet(bytes(packet))
        unit_s = float(packet.time_base)
        copy.time_base = Fraction(1, TICKS)
        copy.pts, copy.dts = ticks(packet.pts, unit_s), ticks(packet.dts, unit_s)
        copy.is_keyframe = packet.is_keyframe
        if packet.has_sidedata("new_extradata"):
            copy.set_sidedata(packet.get_sidedata("new_extradata"))
        return copy

    def _ready(self, packets: "list[Packet[Stream]]") -> Iterator[Ready]:
        for packet in packets:
            picture = bytes(packet)
            whole = self._sets.in_front(picture) if packet.is_keyframe else None
            self._began = self._began or whole is not None
            if self._began:
                yield self._timed(packet, whole or picture, whole is not None)
            else:
                self._miss_key()

    def _miss_key(self) -> None:
        self._without_key += 1
        if self._without_key == MOST_WITHOUT_KEY:
            log.warning("%s: no key frame in %d packets: no segments yet", self._label, MOST_WITHOUT_KEY)

    def _timed(self, packet: "Packet[Stream]", picture: bytes, key: bool) -> Ready:
        made = Packet(picture)
        made.stream, made.time_base, made.is_keyframe = self._into, Fraction(1, TICKS), key
        shown, decoded = made.pts, made.dts = self._stamps.picture(packet.pts, packet.dts)
        self._ahead = shown - decoded if key else self._ahead
        return Ready(made, Mark(key, decoded + self._ahead, packet.pts))
