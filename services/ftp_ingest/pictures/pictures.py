"""From a file that came in to the picture of a frame."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from libs.common.errors import PermanentError
from libs.common.jpeg_clean import clean
from libs.common.jpeg_header import JpegInfo
from libs.common.messages import MAX_JPEG_BYTES
from services.ftp_ingest.pictures import pillow, png, refusals

MAX_FILE_BYTES = 64 << 20
"""The largest file that is read into memory; how much may come by FTP is a flag."""
AT_ONCE = 2
"""So many large pictures, or such that must be coded anew, at a time: the others go past them."""
HUGE_PIXELS = 8_000_000
"""Of such, one at a time: 32 million pixels take 250 MB."""
ANY_TIME: AbstractContextManager[object] = nullcontext()
JPEG_START, END = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Picture:
    """An upright JPEG of at most MAX_JPEG_BYTES without metadata, thumbnails and trailers."""

    jpeg: bytes
    width: int
    height: int


class Pictures:
    """`has_pillow`: whether PNG, turned and very large pictures can be coded anew. Several threads at once."""

    def __init__(self, has_pillow: Callable[[], bool] = pillow.is_there) -> None:
        self._has_pillow = has_pillow
        self._slow = threading.BoundedSemaphore(AT_ONCE)
        self._huge = threading.Lock()

    def read(self, file: BinaryIO, turn: AbstractContextManager[object] = ANY_TIME) -> Picture:
        """Raises PermanentError; its reason is one of refusals.REASONS.

        `turn` is waited for before anything slow: whoever sends many such pictures has one of them coded at a time.
        """
        start = _read(file, MAX_JPEG_BYTES + 1)
        if not start:
            raise refusals.empty()
        is_png = start[: len(png.SIGNATURE)] == png.SIGNATURE
        if not is_png and start[: len(JPEG_START)] != JPEG_START:
            raise _cut_or_none(start)
        if not is_png and len(start) <= MAX_JPEG_BYTES and (picture := _as_it_is(start)):
            return picture
        with turn, self._slow:
            whole = start + _read(file, MAX_FILE_BYTES + 1 - len(start))
            if len(whole) > MAX_FILE_BYTES:
                raise refusals.too_large(MAX_FILE_BYTES)
            return self._from_png(whole) if is_png else self._from_jpeg(whole)

    def _from_png(self, whole: bytes) -> Picture:
        drawn, width, height = png.drawn_only(whole)
        return self._anew(_Raw(drawn, "PNG", width * height), "a PNG")

    def _from_jpeg(self, whole: bytes) -> Picture:
        cleaned, info = _cleaned(whole)
        raw = _Raw(cleaned, "JPEG", info.width * info.height, info.orientation)
        if info.orientation != 1:
            return self._anew(raw, "a JPEG that does not stand upright (EXIF orientation)")
        if len(cleaned) > MAX_JPEG_BYTES:
            return self._anew(raw, f"a JPEG of more than {MAX_JPEG_BYTES >> 20} MiB")
        return Picture(cleaned, info.width, info.height)

    def _anew(self, raw: "_Raw", what: str) -> Picture:
        if not self._has_pillow():
            raise refusals.needs_pillow(what)
        with self._huge if raw.pixels > HUGE_PIXELS else ANY_TIME:
            return Picture(*pillow.coded_anew(raw.data, raw.kind, raw.orientation, MAX_JPEG_BYTES))


@dataclass(frozen=True, slots=True)
class _Raw:
    """A picture that must be coded anew."""

    data: bytes
    kind: str
    pixels: int
    orientation: int = 1


def _read(file: BinaryIO, most_bytes: int) -> bytes:
    """As many as there are: a read may bring fewer than were asked for."""
    parts, left = [], most_bytes
    while left > 0 and (part := file.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _cut_or_none(start: bytes) -> PermanentError:
    """A beginning of the first bytes of a picture is a picture that was cut off."""
    for kind, first in (("JPEG", JPEG_START), ("PNG", png.SIGNATURE)):
        if first.startswith(start):
            return refusals.cut_off(kind)
    return refusals.no_picture()


def _as_it_is(jpeg: bytes) -> Picture | None:
    """None where it must be coded anew, too: cleaning adds at most a few hundred bytes of usual tables."""
    cleaned, info = _cleaned(jpeg)
    if info.orientation != 1 or len(cleaned) > MAX_JPEG_BYTES:
        return None
    return Picture(cleaned, info.width, info.height)


def _cleaned(jpeg: bytes) -> tuple[bytes, JpegInfo]:
    try:
        return clean(jpeg)
    except PermanentError as error:
        if "cut off" in str(error) or END not in jpeg:
            raise refusals.cut_off("JPEG") from None
        raise
