"""JPEGs in bands: a restart marker after every 64 rows, so that bands can be coded, taken out and put in alone.

A restart interval begins on a whole byte and without a DC value before it, and no block is in two of them (ITU-T T.81
§E.1.4, §F.1.1.5.1): what codes a picture of 64 rows codes the same rows of a larger picture, bit for bit.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from struct import pack

ROWS = 64
"""Rows of pixels in a band, four rows of 4:2:0 blocks. Fewer cost the encoder more: docs/decisions/row-splicing.md."""
BLOCK = 16

SIZE = b"\xff\xc0\x00\x11\x08"
"""What stands before height and width in a picture of our encoder."""
SCAN = b"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00"
"""What stands before the entropy-coded data. The zeros keep both from being found in a quantisation table."""
RESTART_INTERVAL = b"\xff\xdd"
END = b"\xff\xd9"
RESTARTS = tuple(bytes([0xFF, number]) for number in range(0xD0, 0xD8))
_MARKER = re.compile(rb"\xff[^\x00]", re.DOTALL)


def tops(height: int) -> range:
    """Where bands begin, in pixels."""
    return range(0, height, ROWS)


def header(alone: bytes, width: int, height: int) -> bytes:
    """All before the entropy-coded data of a picture in bands; `alone` is a picture of our encoder with its tables."""
    size_at, scan_at = alone.index(SIZE) + len(SIZE), alone.index(SCAN)
    size, interval = pack(">HH", height, width), pack(">HH", 4, ROWS // BLOCK * -(-width // BLOCK))
    return b"".join((alone[:size_at], size, alone[size_at + len(size) : scan_at], RESTART_INTERVAL, interval, SCAN))


def scan(alone: bytes, head: bytes) -> memoryview:
    """The entropy-coded data of a picture of our encoder, of one band; `head` was made of it or of another one."""
    return memoryview(alone)[len(head) - len(RESTART_INTERVAL) - 4 : -len(END)]


def join(head: bytes, scans: Iterable[bytes | memoryview]) -> bytes:
    """A picture in bands of its header and its bands, top to bottom."""
    parts: list[bytes | memoryview] = [head]
    for band, restart in zip(scans, cycle(RESTARTS), strict=False):
        parts += (band, restart)
    parts[-1] = END
    return b"".join(parts)


def split(jpeg: bytes, head: bytes, height: int) -> list[bytes | memoryview] | None:
    """What `join` was given; None for bytes that it does not make, whatever they are.

    That is: `head` byte for byte, as many bands as the height needs, each closed by the restart marker with its
    number, the last one by the end of the picture, and nothing else. What is coded inside of a band is not looked into.
    """
    if not jpeg.startswith(head):
        return None
    scans: list[bytes | memoryview] = []
    at, markers = len(head), _markers(len(tops(height)))
    for found in _MARKER.finditer(jpeg, at):
        if found.group() != next(markers, None):
            return None
        scans.append(jpeg[at : found.start()])
        at = found.end()
    return scans if at == len(jpeg) and next(markers, None) is None else None


def _markers(bands: int) -> Iterator[bytes]:
    """What ends each of them."""
    yield from islice(cycle(RESTARTS), bands - 1)
    yield END
