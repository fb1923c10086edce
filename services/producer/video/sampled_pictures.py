"""Asks about pictures before they are decoded, so that those need not be that nobody wants and none refers to.

Pictures are asked about in the order in which they are shown, packets come in the order in which they are decoded.
With B-frames that is not the same; but a packet's decoding time (dts) says that no picture follows that is shown
before. So a packet waits for the next one, whose dts tells whether all that are shown before it are known.
"""

from collections.abc import Iterator
from dataclasses import replace
from heapq import heappop, heappush

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.producer.sources.shots import Shot
from services.producer.video.feed import Feed, seconds


class SampledPictures:
    """A `Picker`. The same pictures as if all were decoded, which is done where a stream's times cannot be used."""

    def __init__(self, feed: Feed, stream: VideoStream) -> None:
        self._feed, self._time_base = feed, stream.time_base
        self._unasked: list[int] = []
        self._asked: dict[int, tuple[bool, Shot]] = {}
        self._held: Packet[VideoStream] | None = None

    def take(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        if packet.pts is not None:
            heappush(self._unasked, packet.pts)
        if self._held is None and not self._feed.decoder.context.reorder_depth:
            self._ask(packet.pts)
            return self._decoded(packet)
        self._ask(packet.dts)
        held, self._held = self._held, packet
        return self._decoded(held) if held is not None else iter(())

    def finish(self) -> Iterator[Shot]:
        self._ask(max(self._unasked, default=None))
        held, self._held = self._held, None
        if held is not None:
            yield from self._decoded(held)
        for frame in self._feed.decoder.finish():
            yield from self._shown(frame)
        yield from (shot for _, shot in self._asked.values())
        self._asked.clear()

    def _ask(self, until: int | None) -> None:
        """About all pictures up to this time."""
        while until is not None and self._unasked and self._unasked[0] <= until:
            pts = heappop(self._unasked)
            shot = self._feed.unasked(seconds(pts, self._time_base))
            self._asked.setdefault(pts, (self._feed.wants(shot.media_s), shot))

    def _decoded(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        asked = None if packet.pts is None else self._asked.get(packet.pts)
        needed = asked is None or asked[0]
        for frame in self._feed.decoder.decode(packet, needed):
            yield from self._shown(frame)

    def _shown(self, frame: VideoFrame) -> Iterator[Shot]:
        """This one's shot, after those of the pictures before it of which none will come."""
        self._ask(frame.pts)
        if frame.pts is None or frame.pts not in self._asked:
            yield self._feed.shot(frame)
            return
        for pts in list(self._asked):
            wanted, shot = self._asked.pop(pts)
            if pts == frame.pts:
                yield replace(shot, picture=frame if wanted else None, wall_ns=self._feed.reference.of(frame))
                return
            yield shot
