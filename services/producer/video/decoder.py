"""A stream's decoder, told packet by packet how much of it is needed."""

import logging
from collections.abc import Callable, Iterable
from math import inf
from time import monotonic

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common.jpeg_header import MAX_PIXELS

log = logging.getLogger(__name__)

MOST_BARREN = 300
"""Packets in a row without a picture: then nothing will come of this stream. Decoders hold back 16 at most."""

PATIENCE_S = 15.0
"""The same for a live source, however few packets come of it. Some cameras send a key frame each ten seconds only."""


class Tally:
    """Whether anything comes of what is put in."""

    def __init__(self, patience_s: float = inf, now_s: Callable[[], float] = monotonic) -> None:
        """`patience_s`: so long it may take until there is a picture, from now on and after every other one."""
        self.found = False
        self._patience_s, self._now_s = patience_s, now_s
        self._barren, self._barren_at_s = 0, now_s()

    def note(self, pictures: int) -> None:
        """So many of one more packet."""
        if self.found and not self._barren:
            self._barren_at_s = self._now_s()
        self.found = self.found or pictures > 0
        self._barren = 0 if pictures else self._barren + 1

    def hopeless(self) -> bool:
        """True once no more is to be expected."""
        waits = self._barren > 0 or not self.found
        return self._barren > MOST_BARREN or (waits and self._now_s() - self._barren_at_s > self._patience_s)


class Decoder:
    """Of one stream. It never raises for a damaged packet: that has no picture."""

    def __init__(self, stream: VideoStream, label: str, tally: Tally | None = None) -> None:
        """`label`: for the log."""
        self.context = stream.codec_context
        # One thread takes the least CPU and holds no picture back; see docs/decisions/pyav-or-opencv.md.
        self.context.thread_count = 1
        self.context.options = {"max_pixels": str(MAX_PIXELS)}
        self.tally = tally or Tally()
        self._time_base = stream.time_base
        self.watch: Callable[[VideoFrame], None] | None = None
        """Told of every key frame that was decoded."""
        self._label = label
        self._needed = True
        self._past: set[int] = set()

    def decode(self, packet: "Packet[VideoStream]", needed: bool = True) -> list[VideoFrame]:
        """The pictures that a packet completes. Not `needed`: none of it, where no other picture refers to it."""
        if needed != self._needed:
            self.context.skip_frame = "DEFAULT" if needed else "NONREF"
            self._needed = needed
        frames = self._decoded(packet)
        self.tally.note(len(frames))
        return [frame for frame in frames if not self._is_past(frame)]

    def key_frame(self, packet: "Packet[VideoStream]") -> VideoFrame | None:
        """The picture of a key frame at once; then the next packet is to be a key frame again, or `go_on`."""
        self.restart()
        frames = [*self._decoded(packet), *self._decoded(None)]
        self.tally.note(len(frames))
        self.restart()
        return frames[0] if frames else None

    def finish(self) -> list[VideoFrame]:
        """What is still inside; then the next packet is to be a key frame."""
        frames = [frame for frame in self._decoded(None) if not self._is_past(frame)]
        self.restart()
        return frames

    def restart(self) -> None:
        """Forgets what is inside; the next packet is to be a key frame."""
        self._past.clear()
        self.context.flush_buffers()

    def go_on(self, packets: Iterable["Packet[VideoStream]"]) -> None:
        """Decodes a key frame and what followed it, without their pictures, so that the next packet can be decoded."""
        self.restart()
        for packet in packets:
            if packet.pts is not None:
                self._past.add(packet.pts)
            self.decode(packet)

    def _is_past(self, frame: VideoFrame) -> bool:
        known = frame.pts in self._past
        if known and frame.pts is not None:
            self._past.discard(frame.pts)
        return known

    def _decoded(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        try:
            frames = self.context.decode(packet)
        except av.error.FFmpegError as error:
            log.debug("%s: a damaged packet: %s", self._label, error.strerror)
            return []
        for frame in frames:
            frame.time_base = self._time_base
            if self.watch is not None and frame.key_frame:
                self.watch(frame)
        return frames
