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
MAX_SEGMENTS = 1000
"""A picture with every kind of metadata has a few hundred."""
MAX_TAGS = 500
"""Looked at for the orientation; a camera writes some thirty."""

SOI, EOI, SOS, APP1 = 0xD8, 0xD9, 0xDA, 0xE1
BARE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length. Between segments they mean nothing, and decoders differ about them."""
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
_SCAN_END = re.compile(rb"\xff(?<!\xff\xff)\xff*+[^\x00\xff\xd0-\xd7]")
"""In entropy-coded data FF00 is a stuffed byte and FFD0..FFD7 are restarts, whatever FFs stand in front to fill up.

The literal FF at the start makes it fast; looking back keeps a long run of FFs from being read from each of them.
"""
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
    if info := read_plain(jpeg):
        return info
    said = Said()
    for segment in segments(jpeg):
        said.add(segment)
    return said.info()


def read_plain(jpeg: bytes) -> JpegInfo | None:
    """The same of a picture that is plain, None for any other. Raises PermanentError("picture-too-large")."""
    ours = _OURS.match(jpeg)
    if ours is None or not _closes(jpeg, ours.end()):
        return None
    height, width = (int.from_bytes(side, "big") for side in ours.groups())
    return _checked(JpegInfo(width, height, orientation=1, components=3, plain=True))


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


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker segment: its kind, what stands in it, and the entropy-coded data behind it, if it is a scan's header."""

    kind: int
    body: bytes
    scan: memoryview


class Said:
    """What the segments of a picture say of it, added in order."""

    def __init__(self) -> None:
        self.scans = 0
        self._frame = b""
        self._orientation = 0

    def add(self, segment: Segment) -> None:
        """Raises PermanentError where it is out of place or not of a kind that we decode."""
        if segment.kind in FRAME_HEADERS:
            _check_frame(segment.kind, segment.body, first=not self._frame)
            self._frame = segment.body
        elif segment.kind == APP1 and not self._orientation:
            self._orientation = _orientation(segment.body)
        elif segment.kind == SOS:
            self.scans += 1
            if not self._frame or self.scans > MAX_SCANS:
                raise bad_picture("too many scans" if self._frame else "a scan out of place")

    def info(self) -> JpegInfo:
        """Of the whole picture, once all were added. Raises PermanentError."""
        if not self.scans:
            raise bad_picture("no picture in it")
        height, width = (int.from_bytes(self._frame[at : at + 2], "big") for at in (1, 3))
        return _checked(JpegInfo(width, height, self._orientation or 1, components=self._frame[5], plain=False))


def segments(jpeg: bytes) -> Iterator[Segment]:
    """Every marker segment of the first picture, up to and without the end of picture.

    Raises PermanentError("bad-picture") where something else stands between them, or no end.
    """
    if jpeg[:2] != b"\xff\xd8":
        raise bad_picture("no JPEG at all")
    whole, at = memoryview(jpeg), 2
    for _ in range(MAX_SEGMENTS):
        marker = _MARKER.match(jpeg, at)
        if marker is None:
            raise bad_picture("cut off")
        kind, body = marker.group()[-1], marker.end()
        if kind == EOI:
            return
        end = body + int.from_bytes(jpeg[body : body + 2], "big")
        if end < body + 2 or end > len(jpeg) or kind in BARE:
            raise bad_picture("a broken segment")
        at = _scan_end(whole, end) if kind == SOS else end
        yield Segment(kind, jpeg[body + 2 : end], whole[end:at])
    raise bad_picture("too many segments")


def _scan_end(jpeg: memoryview, at: int) -> int:
    """Where the entropy-coded data that begins at `at` ends; what stands before it is not looked back at."""
    following = _SCAN_END.search(jpeg[at:])
    return at + following.start() if following else len(jpeg)


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
    for entry in range(directory + 2, directory + 2 + 12 * min(MAX_TAGS, number(directory, 2)), 12):
        if entry + 12 > len(tiff):
            return 0
        if (number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)) == (0x0112, 3, 1):
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 0
    return 0
