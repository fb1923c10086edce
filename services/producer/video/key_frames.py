"""Key frames alone are decoded."""

from collections.abc import Iterator

from av.packet import Packet
from av.video.stream import VideoStream

from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed, packet_s


class KeyFrames:
    """A `Picker`. Only key frames are asked about; the others have a shot, so that time goes on."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._newest: int | None = None

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        if packet.is_keyframe:
            yield from self._key_frame(packet)
        elif packet.pts is not None and (self._newest is None or packet.pts > self._newest):
            self._newest = packet.pts
            yield self._feed.unasked(packet_s(packet))

    def finish(self) -> Iterator[Shot]:
        return iter(())

    def _key_frame(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        self._newest = packet.pts
        frame = self._feed.decoder.key_frame(packet)
        if frame is not None:
            yield self._feed.shot(frame)
