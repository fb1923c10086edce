"""A camera's sound, made ready for a transport stream: copied where it can carry it, else coded as AAC."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.stream import Stream

from services.producer.segments.media_ticks import TICKS, Stamps, ticks
from services.producer.segments.transport_stream import TransportStream

log = logging.getLogger(__name__)

CARRIED = ("aac", "ac3", "mp2", "mp3")
AAC_SAMPLES = 1024
"""Of one channel in a packet of AAC (ISO/IEC 14496-3)."""
AAC_RATES = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
ANOTHER_RATE = 16_000
AAC_BIT_RATE = 48_000
"""More than telephone sound (G.711, 8000 Hz) is worth."""


class SoundPackets(Protocol):
    """Of one stream."""

    def of(self, packet: "Packet[AudioStream]") -> Iterator["Packet[Stream]"]:
        """Packets for the muxer, at the times of the pictures; none where the sound is damaged."""


class Copied:
    """As the camera coded it."""

    def __init__(self, stream: AudioStream, out: TransportStream, stamps: Stamps) -> None:
        self._into, self._stamps = out.add(stream.codec_context.name), stamps
        BitStreamFilterContext("null", stream, self._into)

    def of(self, packet: "Packet[AudioStream]") -> Iterator["Packet[Stream]"]:
        made = Packet(bytes(packet))
        made.time_base = packet.time_base
        yield from _timed(made, packet.pts, self._into, self._stamps)


class Coded:
    """As AAC: G.711 and what else a transport stream has no place for."""

    def __init__(self, stream: AudioStream, out: TransportStream, stamps: Stamps) -> None:
        self._stamps = stamps
        layout = "stereo" if stream.codec_context.channels == 2 else "mono"
        rate = stream.codec_context.sample_rate
        rate = rate if rate in AAC_RATES else ANOTHER_RATE
        self._into = out.add_aac(rate, layout, AAC_BIT_RATE)
        self._resampler = AudioResampler("fltp", layout, rate, AAC_SAMPLES)

    def of(self, packet: "Packet[AudioStream]") -> Iterator["Packet[Stream]"]:
        for made in self._coded(packet):
            yield from _timed(made, made.pts, self._into, self._stamps)

    def _coded(self, packet: "Packet[AudioStream]") -> "list[Packet[Stream]]":
        try:
            sounds = [sound for frame in packet.decode() for sound in self._resampler.resample(frame)]
            return [made for sound in sounds for made in self._into.encode(sound)]
        except (av.error.FFmpegError, ValueError) as error:
            log.debug("damaged sound: %s", type(error).__name__)
            return []


def sound_of(stream: AudioStream, out: TransportStream, stamps: Stamps) -> SoundPackets:
    """By what it is coded with."""
    kind = Copied if stream.codec_context.name in CARRIED else Coded
    return kind(stream, out, stamps)


def _timed(made: "Packet[Stream]", pts: int | None, into: Stream, stamps: Stamps) -> Iterator["Packet[Stream]"]:
    at = ticks(pts, float(made.time_base))
    if at is None or (play := stamps.sound(at)) is None:
        return
    made.stream, made.time_base, made.pts, made.dts = into, Fraction(1, TICKS), play, play
    yield made
