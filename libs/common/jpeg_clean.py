"""Takes out of a JPEG what is not its picture, without decoding it: pixels and their coding stay as they are."""

from libs.common.jpeg_header import FRAME_HEADERS, SOS, JpegInfo, Said, Segment, bad_picture, read_plain, segments
from libs.common.jpeg_tables import USUAL

DHT, DQT, DRI, DNL, APP0, APP14, COM = 0xC4, 0xDB, 0xDD, 0xDC, 0xE0, 0xEE, 0xFE
KEPT = {DHT, DQT, DRI, SOS, *FRAME_HEADERS}
LEFT_OUT = {DNL, COM, *range(0xE0, 0xF0)}
"""DNL repeats the height; decoders skip it."""
START, END = b"\xff\xd8", b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"
"""Without its last byte: 0 for red, green and blue as they are, 1 for YCbCr."""


def clean(jpeg: bytes) -> tuple[bytes, JpegInfo]:
    """The same picture without metadata, comments, thumbnails, second pictures and trailers; and what its header said.

    What says how its colours are stored is written anew, missing Huffman tables are put in (ITU-T T.81 K.3: cameras
    leave them out of Motion JPEG). The orientation in the info was taken out too: who shows the picture has to turn
    it. Raises PermanentError ("bad-picture" or "picture-too-large") for what is no whole JPEG that we decode; damage
    within the entropy-coded data is not seen.
    """
    if info := read_plain(jpeg):
        return jpeg, info
    said, colours, kept = Said(), _Colours(), _Kept()
    for segment in segments(jpeg):
        said.add(segment)
        if segment.kind in KEPT:
            kept.add(segment)
        elif segment.kind not in LEFT_OUT:
            raise bad_picture(f"a marker {segment.kind:02x} in it")
        elif not said.scans:
            colours.add(segment)
    return b"".join((START, *colours.parts(), *kept.parts, END)), said.info()


class _Colours:
    """How the samples become colours: said by two application markers, of which decoders read no more than this."""

    def __init__(self) -> None:
        self._jfif = False
        self._adobe = b""

    def add(self, segment: Segment) -> None:
        if segment.kind == APP0 and segment.body[:5] == b"JFIF\0" and len(segment.body) >= 14:
            self._jfif = True
        elif segment.kind == APP14 and segment.body[:5] == b"Adobe" and len(segment.body) >= 12:
            self._adobe = b"\1" if segment.body[11] else b"\0"

    def parts(self) -> tuple[bytes, ...]:
        return (JFIF if self._jfif else b"", ADOBE + self._adobe if self._adobe else b"")


class _Kept:
    """The segments that make the picture, byte for byte, with the tables that everybody knows."""

    def __init__(self) -> None:
        self.parts: list[bytes | memoryview] = []
        self._tables = False

    def add(self, segment: Segment) -> None:
        if segment.kind == SOS and not self._tables:
            self.parts.append(USUAL)
        self._tables = self._tables or segment.kind in (SOS, DHT)
        size = (len(segment.body) + 2).to_bytes(2, "big")
        self.parts += (b"\xff", bytes([segment.kind]), size, segment.body, segment.scan)
