"""Time and text burnt into pictures: white on black, in a corner."""

import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from libs.common.errors import SettingsError
from services.producer.pictures.full_range import Plane

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SHARE = 30
"""A line is one of so many parts of the picture's shorter side high."""
SMALLEST = 12
"""In pixels; below it nobody reads anything."""
LONGEST = 120
"""Signs of text."""
NEUTRAL = 128
MISSING = "\uffff"
"""No font draws this sign: what it draws instead is drawn for every other one that it lacks."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is written: the time of capture by the clock on the wall of `zone` unless it is None, and `text`."""

    text: str
    zone: ZoneInfo | None
    corner: str
    """`top-left`, `bottom-right` …"""
    font: str | None
    """A TrueType or OpenType file; None: the one that comes with Pillow, which draws ASCII."""


def check_caption(caption: Caption) -> None:
    """Raises SettingsError where the text cannot be drawn: no Pillow, no such font, signs that it lacks."""
    _font(caption.font, SMALLEST)
    nothing = _line(MISSING, caption.font, SMALLEST).tobytes()
    signs = [sign for sign in dict.fromkeys(caption.text) if not sign.isspace()]
    lacking = [sign for sign in signs if _line(sign, caption.font, SMALLEST).tobytes() == nothing]
    if lacking:
        raise SettingsError(
            f"--text: the font cannot draw {''.join(lacking)[:20]!r}, expected --stamp-font FILE of one that can"
        )


class Stamp:
    """Draws the caption of one camera; a line is drawn anew when its words or its size change."""

    def __init__(self, caption: Caption) -> None:
        self._caption = caption
        self._of: tuple[str, int] = ("", 0)
        self._line = np.empty((0, 0), np.uint8)

    def burn(self, planes: tuple[Plane, Plane, Plane], captured_at: int) -> tuple[Plane, Plane, Plane]:
        """Copies of the planes of an upright full-range 4:2:0 picture with the caption of this time (UTC ns)."""
        y, u, v = (plane.copy() for plane in planes)
        height, width = y.shape
        line = self._white(self._text(captured_at), max(SMALLEST, min(height, width) // SHARE))
        rows, columns = min(len(line), height), min(line.shape[1], width)
        top = 0 if self._caption.corner.startswith("top") else (height - rows) // 2 * 2
        left = 0 if self._caption.corner.endswith("left") else (width - columns) // 2 * 2
        inside = np.s_[top : top + rows, left : left + columns]
        y[inside] = line[: y[inside].shape[0], : y[inside].shape[1]]
        half = np.s_[top // 2 : (top + rows + 1) // 2, left // 2 : (left + columns + 1) // 2]
        u[half] = v[half] = NEUTRAL
        return y, u, v

    def _text(self, captured_at: int) -> str:
        """`2026-01-31 12:00:00 CET  Porch`: with the zone, as a clock set back shows an hour twice."""
        if self._caption.zone is None:
            return self._caption.text
        local = datetime.fromtimestamp(captured_at // 1_000_000_000, self._caption.zone)
        return f"{local:%Y-%m-%d %H:%M:%S %Z}  {self._caption.text}".rstrip()

    def _white(self, text: str, size: int) -> Plane:
        if self._of != (text, size):
            self._of = (text, size)
            self._line = _line(text, self._caption.font, size)
        return self._line


def _line(text: str, file: str | None, size: int) -> Plane:
    """(H, W) uint8, white on black with a margin, of even sides."""
    from PIL import Image, ImageDraw

    font = _font(file, size)
    margin = size // 4
    width, height = math.ceil(font.getlength(text)) + 2 * margin, sum(font.getmetrics()) + margin
    image = Image.new("L", (width + width % 2, height + height % 2))
    ImageDraw.Draw(image).text((margin, margin // 2), text, fill=255, font=font)
    return np.asarray(image)


@lru_cache(maxsize=16)
def _font(file: str | None, size: int) -> "FreeTypeFont":
    """Raises SettingsError."""
    try:
        from PIL import ImageFont
    except ImportError:
        raise SettingsError("--stamp and --text: Pillow is missing: pip install 'framebus[stamp]'") from None
    try:
        font = ImageFont.truetype(file, size) if file else ImageFont.load_default(size)
    except OSError as error:
        raise SettingsError(f"--stamp-font {file}: expected a TrueType or OpenType font ({error})") from None
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise SettingsError("--stamp and --text: expected a Pillow that was built with FreeType")
    return font
