"""Pillow, the only part that decodes and codes pictures here: not there unless somebody installed it (extra png)."""

import importlib.util
import io
import struct
import zlib
from typing import TYPE_CHECKING

from services.ftp_ingest.pictures import refusals

if TYPE_CHECKING:
    from PIL.Image import Image, Transpose

QUALITIES = (90, 80, 70, 60)
SHRINK = 0.75
SMALLEST_SIDE = 16
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
"""What Pillow raises for a picture that it cannot decode."""
WIDE = ("I", "I;16", "I;16B", "I;16L", "F")
"""Grey of 16 bits."""


def is_there() -> bool:
    """Without loading it."""
    return importlib.util.find_spec("PIL") is not None


def coded_anew(picture: bytes, kind: str, orientation: int, most_bytes: int) -> tuple[bytes, int, int]:
    """A plain upright JPEG of at most so many bytes, its width and height; `kind`: "JPEG" or "PNG".

    `picture` has been looked at: its size is known to be bounded. First the quality goes down, then the size. Raises
    PermanentError("bad-picture") for what cannot be decoded.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture), formats=(kind,)) as opened:
            image = _plain(opened)
    except BROKEN as error:
        raise refusals.bad(kind, f"it cannot be decoded ({type(error).__name__})") from None
    if (turn := _turn(orientation)) is not None:
        image = image.transpose(turn)
    return _fitted(image, most_bytes)


def _plain(image: "Image") -> "Image":
    """Grey or RGB of 8 bits; what can be seen through shows white."""
    image.load()
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in WIDE:
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        from PIL import Image

        seen, white = image.convert("RGBA"), Image.new("RGB", image.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return image.convert("L" if image.mode == "1" else "RGB")


def _turn(orientation: int) -> "Transpose | None":
    """EXIF 2.3 §4.6.4 A: where the first row and column of the stored picture are."""
    from PIL.Image import Transpose

    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(orientation)


def _fitted(image: "Image", most_bytes: int) -> tuple[bytes, int, int]:
    while True:
        for quality in QUALITIES:
            jpeg = _jpeg(image, quality)
            if len(jpeg) <= most_bytes:
                return jpeg, image.width, image.height
        width, height = round(image.width * SHRINK), round(image.height * SHRINK)
        if min(width, height) < SMALLEST_SIDE:
            raise refusals.too_large(most_bytes)
        image = image.resize((width, height))


def _jpeg(image: "Image", quality: int) -> bytes:
    coded = io.BytesIO()
    image.save(coded, "JPEG", quality=quality)
    return coded.getvalue()
