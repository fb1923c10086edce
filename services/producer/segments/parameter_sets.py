"""A key picture is worth nothing without its parameter sets: puts them in front where the stream keeps them elsewhere.

Pictures are those of one access unit, H.264 and HEVC with start codes (Annex B).
"""

from collections.abc import Iterator
from dataclasses import dataclass

START = b"\0\0\1"


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What the first byte of a NAL unit says: ITU-T H.264 table 7-1, H.265 table 7-1."""

    shift: int
    mask: int
    delimiter: int
    sequence: int
    sets: frozenset[int]
    slices: range

    def of(self, byte: int) -> int:
        return byte >> self.shift & self.mask


KINDS = {
    "h264": _Kinds(0, 31, 9, 7, frozenset((7, 8, 13, 15)), range(1, 6)),
    "hevc": _Kinds(1, 63, 35, 33, frozenset((32, 33, 34)), range(32)),
}


class ParameterSets:
    """The newest ones of one stream."""

    def __init__(self, codec: str, header: bytes) -> None:
        """`header`: those that the stream was announced with, in the form of its pictures; may be empty."""
        self._kinds = KINDS.get(codec)
        self._newest = header

    def in_front(self, picture: bytes) -> bytes | None:
        """The key picture with all that a decoder needs for it; None where that is not known yet."""
        if self._kinds is None:
            return self._with_header(picture)
        units = list(_before_slices(picture, self._kinds))
        if any(kind == self._kinds.sequence for kind, _, _ in units):
            found = [picture[begin:end] for kind, begin, end in units if kind in self._kinds.sets]
            self._newest = b"".join(b"\0" + unit for unit in found)
            return picture
        if not self._newest:
            return None
        first = next((begin for kind, begin, _ in units if kind != self._kinds.delimiter), len(picture))
        return picture[:first] + self._newest + b"\0" + picture[first:]

    def _with_header(self, picture: bytes) -> bytes | None:
        """MPEG-2 and MPEG-4: a picture that begins with a header begins with the header's start code."""
        if not self._newest:
            return None
        return picture if picture.startswith(self._newest[:4]) else self._newest + picture


def _before_slices(picture: bytes, kinds: _Kinds) -> Iterator[tuple[int, int, int]]:
    """Kind, begin (at its start code) and end of each unit up to the first slice of the picture, that one included."""
    begin = picture.find(START)
    while 0 <= begin < len(picture) - len(START):
        kind = kinds.of(picture[begin + len(START)])
        end = picture.find(START, begin + len(START))
        yield kind, begin, len(picture) if end < 0 else end
        if kind in kinds.slices:
            return
        begin = end
