"""A stream that is made of JPEGs: its packets are its pictures, and nothing is decoded."""

from collections.abc import Iterator
from dataclasses import dataclass

import av
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from libs.common.jpeg_header import DECODABLE, FRAME_HEADERS, MAX_PIXELS, SOS
from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed, packet_s

TABLES, MOST_SEGMENTS = 0xC4, 100


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a JPEG's scan. `tables`: the Huffman tables, which webcams and AVI files leave out."""

    width: int
    height: int
    kind: int
    tables: bool


class JpegPackets:
    """A `Picker`. What is no usual JPEG, such as half pictures of interlaced video, is decoded."""

    def __init__(self, feed: Feed, stream: VideoStream) -> None:
        self._feed, self._stream = feed, stream
        self._context = stream.codec_context
        self._filter: BitStreamFilterContext | None = None
        self._upright: bool | None = None

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        head = head_of(memoryview(packet))
        if head is None or head.width * head.height > MAX_PIXELS:
            self._feed.decoder.tally.note(0)
        elif self._is_plain(packet, head):
            yield self._shot(packet, head)
        else:
            yield from map(self._feed.shot, self._feed.decoder.decode(packet))

    def finish(self) -> Iterator[Shot]:
        return iter(())

    def _is_plain(self, packet: "Packet[VideoStream]", head: Head) -> bool:
        """The container may say that the film is turned, which only a decoded picture tells: so the first one is."""
        if self._upright is None:
            frames = self._feed.decoder.decode(packet)
            self._upright = not any(frame.rotation for frame in frames) if frames else None
        size = self._context.width, self._context.height
        return self._upright is True and head.kind in DECODABLE and size == (head.width, head.height)

    def _shot(self, packet: "Packet[VideoStream]", head: Head) -> Shot:
        self._feed.decoder.tally.note(1)
        shot = self._feed.unasked(packet_s(packet))
        wall_ns = self._feed.reference.of(packet)
        jpeg = self._whole(packet, head) if self._feed.wants(shot.media_s) else None
        return Shot(shot.media_s, jpeg, wall_ns, shot.jumped)

    def _whole(self, packet: "Packet[VideoStream]", head: Head) -> bytes | None:
        """With the usual Huffman tables where it has none of its own. None where it is too short for that."""
        if head.tables:
            return bytes(packet)
        try:
            self._filter = self._filter or BitStreamFilterContext("mjpeg2jpeg", self._stream)
            return b"".join(bytes(made) for made in self._filter.filter(packet))
        except av.error.FFmpegError:
            self._filter = None
            return None


def head_of(jpeg: memoryview) -> Head | None:
    """None where there is no frame header before the scan."""
    at, tables, frame = 2, False, (0, 0, 0)
    for _ in range(MOST_SEGMENTS if bytes(jpeg[:2]) == b"\xff\xd8" else 0):
        while at + 1 < len(jpeg) and jpeg[at] == jpeg[at + 1] == 0xFF:
            at += 1
        if at + 9 > len(jpeg) or jpeg[at] != 0xFF:
            return None
        kind = jpeg[at + 1]
        if kind == SOS:
            return Head(frame[0], frame[1], frame[2], tables) if frame[0] and frame[1] else None
        if kind in FRAME_HEADERS:
            frame = (jpeg[at + 7] << 8 | jpeg[at + 8], jpeg[at + 5] << 8 | jpeg[at + 6], kind)
        tables = tables or kind == TABLES
        at += 2 + (jpeg[at + 2] << 8 | jpeg[at + 3])
    return None
