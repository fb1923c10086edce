"""Nothing is decoded: each packet tells that time goes on, and nobody is asked about its picture."""

from collections.abc import Iterator
from dataclasses import replace

from av.packet import Packet
from av.video.stream import VideoStream

from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed, packet_s


class Undecoded:
    """A `Picker`. A picture that is shown before one that came earlier has no shot, so that times rise."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._newest: int | None = None

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        self._feed.decoder.tally.note(1)
        if packet.pts is None or packet.is_keyframe or self._newest is None or packet.pts > self._newest:
            self._newest = packet.pts
            yield replace(self._feed.unasked(packet_s(packet)), wall_ns=self._feed.reference.of(packet))

    def finish(self) -> Iterator[Shot]:
        return iter(())
