"""Every picture is decoded, then asked about."""

from collections.abc import Iterator

from av.packet import Packet
from av.video.stream import VideoStream

from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed


class AllPictures:
    """A `Picker`."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        return map(self._feed.shot, self._feed.decoder.decode(packet))

    def finish(self) -> Iterator[Shot]:
        return map(self._feed.shot, self._feed.decoder.finish())
