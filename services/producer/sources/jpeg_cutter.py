"""Cuts JPEG pictures out of a stream of bytes, whatever stands between them."""

import re
from collections.abc import Iterator

MOST_BYTES = 16 << 20
"""Of one picture, and of anything between two whole ones."""

MOST_DAMAGED = 1000
"""Pictures in a row, and segments of one header: finding them costs more than letting bytes pass."""

_SOI = b"\xff\xd8\xff"
_SOS = 0xDA
_FILL = re.compile(rb"\xff+")
_END = re.compile(rb"\xff[\xd8\xd9]")
"""Neither stands in entropy-coded data (ITU-T T.81 B.1.1.5). The class behind the literal FF makes it a memchr."""


class TooMuchError(Exception):
    """MOST_BYTES, or MOST_DAMAGED broken pictures, went by without a whole one."""


class JpegCutter:
    """Finds each picture by its own segments: lengths and boundaries that cameras send beside them are often wrong.

    A picture is given as soon as its last byte is there. One that breaks off is left out. Every byte is looked at once.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._barren = self._damaged = self._segments = 0
        self._at = 0
        """Where to look next; 0: no picture has begun."""
        self._scanning = False
        """Behind the header, where only the end is looked for."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The pictures that these bytes complete. Raises TooMuchError."""
        self._buffer += chunk
        self._barren += len(chunk)
        while (jpeg := self._next()) is not None:
            self._barren, self._damaged = len(self._buffer), 0
            yield jpeg
        if self._barren > MOST_BYTES:
            raise TooMuchError

    def _next(self) -> bytes | None:
        while self._begun():
            if not self._behind_header():
                if self._at:
                    return None
                continue
            found = _END.search(self._buffer, self._at)
            if found is None:
                self._at = max(self._at, len(self._buffer) - 1)
                return None
            if found.group() == b"\xff\xd9":
                return self._taken(found.end())
            self._break_off(found.start())
        return None

    def _taken(self, size: int) -> bytes:
        with memoryview(self._buffer) as view:
            jpeg = bytes(view[:size])
        self._drop(size)
        return jpeg

    def _begun(self) -> bool:
        if self._at:
            return True
        start = self._buffer.find(_SOI)
        self._drop(start if start >= 0 else max(0, len(self._buffer) - len(_SOI) + 1))
        self._at = 2 if start >= 0 else 0
        return start >= 0

    def _behind_header(self) -> bool:
        """Passes the segments up to the first scan: thumbnails in them begin and end like pictures.

        False where more bytes are needed, or where it is broken and gone.
        """
        while not self._scanning and self._at + 4 <= len(self._buffer):
            marker, kind = self._buffer[self._at : self._at + 2]
            size = int.from_bytes(self._buffer[self._at + 2 : self._at + 4], "big")
            if marker == kind == 0xFF and (fill := _FILL.match(self._buffer, self._at)):
                self._at = fill.end() - 1
            elif marker != 0xFF or kind < 0xC0 or 0xD0 <= kind <= 0xD9 or size < 2 or self._segments > MOST_DAMAGED:
                self._break_off(2)
                return False
            else:
                self._at += 2 + size
                self._segments += 1
                self._scanning = kind == _SOS
        return self._scanning

    def _break_off(self, count: int) -> None:
        """The picture is none; the next one begins behind so many bytes."""
        self._damaged += 1
        if self._damaged > MOST_DAMAGED:
            raise TooMuchError
        self._drop(count)

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._at, self._segments, self._scanning = 0, 0, False
