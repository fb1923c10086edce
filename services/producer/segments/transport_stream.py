"""Encoded pictures and sound as an MPEG transport stream (ISO/IEC 13818-1), by FFmpeg's muxer."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from services.producer.segments.media_ticks import TICKS

PACKET_BYTES = 188
PICTURES_PID = 0x100
TABLE_PIDS = (0x11, 0, 0x1000)
"""Of SDT, PAT and PMT, in the order in which FFmpeg writes them."""
BEGINS = re.compile(b"[\x40-\x7f\xc0-\xff]")
"""A packet's second byte, if a picture, a sound or a table begins in it (payload_unit_start_indicator)."""
BUFFER_BYTES = 256 << 10
OPTIONS = {
    "flush_packets": "1",
    "max_interleave_delta": "1",  # else the pictures wait ten seconds for a sound that does not come
    "pat_period": "86400",
    "sdt_period": "86400",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a picture begins. In ticks: `at`, when it is shown; `stamp`, when by the source's own time."""

    key: bool
    at: int
    stamp: int | None


Marked = tuple[Mark | None, bytes]
"""Whole packets from the beginning of a picture to that of the next; without a mark the former picture goes on."""


class _Sink:
    """What the muxer writes to."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


class TransportStream:
    """One for a whole opening, so that its counters go on from segment to segment."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._muxer = av.open(self._sink, "w", "mpegts", options=OPTIONS, buffer_size=BUFFER_BYTES)
        self._marks: deque[Mark] = deque()
        self._tables: dict[int, bytes] = {}
        self._repeats = 0

    def add(self, codec: str) -> Stream:
        """A stream to put packets of this codec in, the pictures first. Its parameters are the caller's to fill in."""
        return self._muxer.add_mux_stream(codec, time_base=Fraction(1, TICKS))

    def add_aac(self, rate: int, layout: str, bit_rate: int) -> AudioStream:
        """A stream with an encoder of its own, for sound of this sampling rate that is not coded yet."""
        return self._muxer.add_stream("aac", rate, layout=layout, bit_rate=bit_rate)

    def put(self, packet: "Packet[Stream]", mark: Mark | None) -> Iterator[Marked]:
        """A picture with its mark, or a sound; raises FFmpegError for one that cannot be carried."""
        if mark:
            self._marks.append(mark)
        try:
            self._muxer.mux(packet)
        except av.error.FFmpegError:
            if mark:
                self._marks.pop()
            raise
        yield from self._marked(self._sink.take())

    def close(self) -> Iterator[Marked]:
        """What the muxer still holds."""
        self._muxer.close()
        yield from self._marked(self._sink.take())

    def tables(self) -> bytes:
        """What has to stand in front of a picture where reading may begin; counted on each time."""
        count, self._repeats = self._repeats & 15, self._repeats + 1
        found = (self._tables[pid] for pid in TABLE_PIDS if pid in self._tables)
        return b"".join(table[:3] + bytes([table[3] & 0xF0 | count]) + table[4:] for table in found)

    def _marked(self, data: bytes) -> Iterator[Marked]:
        """Cut where pictures begin, without the tables."""
        mark, begin = None, 0
        for at in _begins(data):
            pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
            if pid in TABLE_PIDS:
                yield mark, data[begin:at]
                self._tables[pid] = data[at : at + PACKET_BYTES]
                mark, begin = None, at + PACKET_BYTES
            elif pid == PICTURES_PID:
                yield mark, data[begin:at]
                mark, begin = self._marks.popleft(), at
        yield mark, data[begin:]


def _begins(data: bytes) -> Iterator[int]:
    """Where packets lie in which something begins."""
    return (found.start() * PACKET_BYTES for found in BEGINS.finditer(data[1::PACKET_BYTES]))
