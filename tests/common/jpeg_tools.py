"""A plain JPEG and what can be made of it: other segments, other headers."""

import struct

from libs.common import images
from libs.common.testing import picture

PLAIN = images.encode(picture(320, 240))
FRAME_AT = PLAIN.index(b"\xff\xc0")
SCAN_AT = PLAIN.index(b"\xff\xda")


def segment(marker: int, body: bytes) -> bytes:
    """One marker segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def after_start(extra: bytes) -> bytes:
    """The plain picture with something put in front of its first segment."""
    return PLAIN[:2] + extra + PLAIN[2:]


def frame_header(width: int, height: int, components: int = 3, bits: int = 8, marker: int = 0xC0) -> bytes:
    """The plain picture with another frame header."""
    parts = b"".join(bytes([i + 1, 0x11, 0]) for i in range(components))
    header = segment(marker, struct.pack(">BHHB", bits, height, width, components) + parts)
    return PLAIN[:FRAME_AT] + header + PLAIN[FRAME_AT + 19 :]


def exif(order: str, *entries: tuple[int, int, int, int]) -> bytes:
    """An EXIF segment with one directory of 16-bit values: (tag, type, count, value)."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    rows = b"".join(struct.pack(order + "HHIHH", *entry, 0) for entry in entries)
    tiff = head + struct.pack(order + "IH", 8, len(entries)) + rows + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff)
