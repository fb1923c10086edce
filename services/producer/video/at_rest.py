"""Key frames alone while nothing moves, every picture while something does."""

from collections.abc import Iterator

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed, Picker, packet_s
from services.producer.video.key_frames import KeyFrames
from services.producer.video.stir import KeyPictures, PacketSizes

HOLD_S = 5.0
"""Every picture is decoded for so long after the last sign of movement."""
MOST_BYTES = 16 << 20
"""Of packets kept since the last key frame: more than four seconds of what any camera sends."""


class AtRest:
    """A `Picker`. It begins as if something moved; it comes to rest at a key frame."""

    def __init__(self, feed: Feed, moving: Picker) -> None:
        """`moving`: what is picked while something moves."""
        self._feed, self._moving_picker, self._key_frames = feed, moving, KeyFrames(feed)
        self._sizes, self._pictures = PacketSizes(), KeyPictures()
        self._group: list[Packet[VideoStream]] = []
        self._group_bytes = 0
        self._now_s = self._moved_s = 0.0
        self.moving = True
        feed.decoder.watch = self._compare

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        self._now_s = packet_s(packet) or self._now_s
        if packet.is_keyframe:
            yield from self._begin_group()
        else:
            self._look(packet)
        yield from (self._moving_picker if self.moving else self._key_frames).take(packet)
        if not self.moving:
            self._keep(packet)

    def finish(self) -> Iterator[Shot]:
        self._group.clear()
        return self._moving_picker.finish() if self.moving else iter(())

    def _begin_group(self) -> Iterator[Shot]:
        """Whoever goes on needs nothing from before a key frame."""
        self._group.clear()
        self._group_bytes = 0
        still = abs(self._now_s - self._moved_s) > HOLD_S
        if self.moving and still:
            yield from self._moving_picker.finish()
        self.moving = not still

    def _look(self, packet: "Packet[VideoStream]") -> None:
        if self._sizes.grown(packet.size):
            self._moved_s = self._now_s
        if not self.moving and self._now_s - self._moved_s <= HOLD_S and 0 < self._group_bytes <= MOST_BYTES:
            self._feed.decoder.go_on(self._group)
            self._group.clear()
            self.moving = True

    def _keep(self, packet: "Packet[VideoStream]") -> None:
        """What would have to be decoded once something moves."""
        self._group_bytes += packet.size
        if self._group_bytes <= MOST_BYTES:
            self._group.append(packet)

    def _compare(self, frame: VideoFrame) -> None:
        if self._pictures.changed(frame):
            self._moved_s = self._now_s
