"""What those who pick pictures out of a stream have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.producer.sources.shots import MediaTime, Shot, Wants
from services.producer.video.decoder import Decoder
from services.producer.video.reference_time import ReferenceTime


class Picker(Protocol):
    """Makes a stream's packets to shots."""

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        """The next one; none of them is empty."""
        ...

    def finish(self) -> Iterator[Shot]:
        """What is still to come of the packets so far; the next one is to be a key frame."""
        ...


@dataclass(frozen=True, slots=True)
class Feed:
    """One stream that is read."""

    decoder: Decoder
    time: MediaTime
    reference: ReferenceTime
    wants: Wants

    def unasked(self, stamp_s: float | None) -> Shot:
        """The next picture's shot, which nobody is asked about."""
        return Shot(self.time.at(stamp_s), None, jumped=self.time.jumped)

    def shot(self, frame: VideoFrame) -> Shot:
        """The next picture's, with it if it is wanted."""
        media_s = self.time.at(frame_s(frame))
        return Shot(media_s, frame if self.wants(media_s) else None, self.reference.of(frame), self.time.jumped)


def frame_s(frame: VideoFrame) -> float | None:
    """When the stream says that a picture is to be shown, in seconds."""
    return frame.time


def packet_s(packet: "Packet[VideoStream]") -> float | None:
    """The same of a packet."""
    return seconds(packet.pts, packet.time_base)


def seconds(stamp: int | None, time_base: Fraction | None) -> float | None:
    """A stream's time in seconds."""
    return None if stamp is None or time_base is None else float(stamp * time_base)
