"""Pictures as a camera sends them, made without any library."""

import struct
import zlib

from libs.common.jpeg_tables import USUAL

START, END = b"\xff\xd8", b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + struct.pack(">H", len(body) + 2) + body


def tables(number: int) -> bytes:
    """The number is told by the quantisation, which nobody takes out: so a picture is known by its bytes."""
    digits = [1 + int(sign, 16) for sign in f"{number:064x}"]
    return segment(0xDB, b"\0" + bytes(digits))


def jpeg(number: int = 0, width: int = 64, height: int = 48, extra: bytes = b"", trailer: bytes = b"") -> bytes:
    """Grey, whole, with other segments behind the first one and bytes behind the end."""
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    blocks = -(-width // 8) * -(-height // 8)
    bits = "001010" * blocks
    bits += "1" * (-len(bits) % 8)
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return START + JFIF + extra + tables(number) + frame + USUAL + scan + END + trailer


def number_of(picture: bytes) -> int:
    """Of a picture made by `jpeg`, cleaned or not."""
    at = picture.index(b"\xff\xdb\x00\x43\x00") + 5
    return int("".join(f"{digit - 1:x}" for digit in picture[at : at + 64]), 16)


def turned(orientation: int) -> bytes:
    """The EXIF segment that says how a picture stands."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return segment(0xE1, b"Exif\0\0" + tiff)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int = 4, height: int = 3, colour: int = 2, depth: int = 8, rows: bytes = b"", extra: bytes = b""
) -> bytes:
    """`rows`: as they stand in the file, each with its filter's byte; else red ones. `extra`: more chunks."""
    rows = rows or (b"\0" + b"\xff\0\0" * width) * height
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
