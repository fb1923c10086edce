"""A PNG, looked at before anything is decoded (ISO/IEC 15948, 5 and 11.2)."""

import zlib
from collections.abc import Iterator

from libs.common.jpeg_header import MAX_PIXELS, MAX_SIDE
from services.ftp_ingest.pictures import refusals

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
"""What makes the picture; everything else is text, times, colour profiles, further pictures."""
MAX_CHUNKS = 100_000
HEADER_BYTES = 13


def drawn_only(png: bytes) -> tuple[bytes, int, int]:
    """The same picture without anything beside it, its width and height.

    Every checksum is right then and the end is there. Raises PermanentError (cut-off, bad-picture, picture-too-large).
    """
    kept = [SIGNATURE]
    width = height = 0
    for kind, body, whole in _chunks(png):
        if (kind == b"IHDR") != (len(kept) == 1):
            raise refusals.bad("PNG", "its header is not where it should be")
        if kind == b"IHDR":
            width, height = _size(body)
        if kind in DRAWN:
            kept.append(whole)
    return b"".join(kept), width, height


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, body and all of each, up to and with the end of the picture."""
    at = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        size = int.from_bytes(png[at : at + 4], "big")
        end = at + 12 + size
        if end > len(png) or len(png) < at + 12:
            raise refusals.cut_off("PNG")
        kind = png[at + 4 : at + 8]
        if zlib.crc32(memoryview(png)[at + 4 : end - 4]) != int.from_bytes(png[end - 4 : end], "big"):
            raise refusals.bad("PNG", "a wrong checksum")
        yield kind, png[at + 8 : end - 4], png[at:end]
        if kind == b"IEND":
            return
        at = end
    raise refusals.bad("PNG", "too many parts")


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != HEADER_BYTES:
        raise refusals.bad("PNG", "a broken header")
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    if not width or not height:
        raise refusals.bad("PNG", "a side of zero pixels")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise refusals.too_many_pixels(width, height, MAX_PIXELS)
    return width, height
