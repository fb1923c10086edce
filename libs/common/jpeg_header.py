"""What a JPEG says about itself, read before anything is decoded (ITU-T T.81 annex B; EXIF 2.3 §4.6.2).

Only what the rest of framebus can decode gets through: one Huffman-coded picture of 8 bits, grey or YCbCr, of a size
that fits in memory. Every loop ends with the bytes given: a segment is at least two bytes long, scans are counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from libs.common.errors import PermanentError

MAX_PIXELS = 32_000_000
MAX_SIDE = 65_500
"""What libjpeg can write again."""
MAX_SCANS = 64
"""A progressive picture has about ten; thousands of empty ones would keep a decoder busy for minutes."""

SOI, EOI, SOS, APP1 = 0xD8, 0xD9, 0xDA, 0xE1
DECODABLE = {0xC0, 0xC1, 0xC2}
"""Frame headers: baseline, extended sequential and progressive, Huffman-coded."""
FRAME_HEADERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# What libjpeg-turbo writes for YCbCr with the standard Huffman tables, byte for byte but for the size, the sampling of
# the luma, the quantisation tables and the restart interval.
_OURS = re.compile(
    rb"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    rb"\xff\xdb\x00\x43\x00.{64}\xff\xdb\x00\x43\x01.{64}"
    rb"\xff\xc0\x00\x11\x08(..)(..)\x03\x01[\x11\x12\x21\x22]\x00\x02\x11\x01\x03\x11\x01"
    rb"\xff\xc4\x00\x1f\x00.{28}\xff\xc4\x00\xb5\x10.{178}\xff\xc4\x00\x1f\x01.{28}\xff\xc4\x00\xb5\x11.{178}"
    rb"(?:\xff\xdd\x00\x04..)?"
    rb"\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00",
    re.DOTALL,
)
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7]")
"""In entropy-coded data FF00 is a stuffed byte and FFD0..FFD7 are restarts. The literal FF in front makes it fast."""
_MARKER = re.compile(rb"\xff+[^\x00\xff]")


@dataclass(frozen=True, slots=True)
class JpegInfo:
    """Width and height are those of the stored picture, before `orientation` (EXIF, 1..8) makes it upright.

    `plain`: the bytes hold the segments that our own encoder writes, one scan and its end, and nothing else: no
    metadata, comment, thumbnail, second picture or trailer. The entropy-coded data itself is not looked into.
    """

    width: int
    height: int
    orientation: int
    components: int
    plain: bool


def read_header(jpeg: bytes) -> JpegInfo:
    """Raises PermanentError: "bad-picture" if it is no whole JPEG that we decode, "picture-too-large"."""
    if (ours := _OURS.match(jpeg)) and _closes(jpeg, ours.end()):
        height, width = (int.from_bytes(side, "big") for side in ours.groups())
        return _checked(JpegInfo(width, height, orientation=1, components=3, plain=True))
    return _checked(_walk(jpeg))


def bad_picture(why: str) -> PermanentError:
    """The error for a picture that is not as it should be."""
    return PermanentError(f"not a usable JPEG: {why}", reason="bad-picture")


def _closes(jpeg: bytes, scan_at: int) -> bool:
    """True if the first marker of the entropy-coded data is the end of picture and nothing follows it."""
    marker = _SCAN_END.search(jpeg, scan_at)
    return marker is not None and marker.group() == b"\xff\xd9" and marker.end() == len(jpeg)


def _checked(info: JpegInfo) -> JpegInfo:
    if not info.width or not info.height:
        raise bad_picture("a side of zero pixels")
    if info.width * info.height > MAX_PIXELS or max(info.width, info.height) > MAX_SIDE:
        raise PermanentError(
            f"a picture of {info.width}x{info.height}, at most {MAX_PIXELS} pixels are taken", "picture-too-large"
        )
    return info


def _walk(jpeg: bytes) -> JpegInfo:
    frame, orientation, scans = b"", 0, 0
    for marker, body in _segments(jpeg):
        if marker in FRAME_HEADERS:
            _check_frame(marker, body, first=not frame)
            frame = body
        elif marker == APP1 and not orientation:
            orientation = _orientation(body)
        elif marker == SOS:
            scans += 1
            if not frame or scans > MAX_SCANS:
                raise bad_picture("a scan out of place" if not frame else "too many scans")
    if not scans:
        raise bad_picture("no picture in it")
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return JpegInfo(width, height, orientation or 1, components=frame[5], plain=False)


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Every marker segment of the first picture with its body, up to and without the end of picture."""
    if jpeg[:2] != b"\xff\xd8":
        raise bad_picture("no JPEG at all")
    at = 2
    while (marker := _MARKER.match(jpeg, at)) and marker.group()[-1] != EOI:
        kind, body = marker.group()[-1], marker.end()
        size = int.from_bytes(jpeg[body : body + 2], "big")
        if size < 2 or body + size > len(jpeg) or kind == SOI:
            raise bad_picture("a broken segment")
        yield kind, jpeg[body + 2 : body + size]
        at = body + size
        if kind == SOS:
            following = _SCAN_END.search(jpeg, at)
            at = following.start() if following else len(jpeg)
    if marker is None:
        raise bad_picture("cut off")


def _check_frame(marker: int, body: bytes, first: bool) -> None:
    if not first:
        raise bad_picture("two frame headers")
    if marker not in DECODABLE:
        raise bad_picture("neither baseline nor progressive Huffman coding")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise bad_picture("a broken frame header")
    if body[0] != 8:
        raise bad_picture(f"{body[0]} bits per sample, 8 expected")
    if body[5] not in (1, 3):
        raise bad_picture(f"{body[5]} colour components, 1 or 3 expected")


def _orientation(exif: bytes) -> int:
    """The tag Orientation of the first directory, 0 where there is none that makes sense."""
    tiff = exif[6:]
    if exif[:6] != b"Exif\0\0" or tiff[:4] not in (b"II*\0", b"MM\0*"):
        return 0

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:1] == b"I" else "big")

    directory = number(4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * number(directory, 2), 12):
        if entry + 12 > len(tiff):
            return 0
        if (number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)) == (0x0112, 3, 1):
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 0
    return 0
