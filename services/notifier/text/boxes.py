"""Draws what was found into a picture that may be shown: boxes with labels. Needs Pillow, which is an extra."""

import io
import logging
import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from libs.common.errors import PermanentError, SettingsError
from libs.common.jpeg_header import read_header
from libs.common.messages import MAX_JPEG_BYTES, Detection
from services.notifier.plain_text import name
from services.notifier.rules.rule import Rule

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

log = logging.getLogger(__name__)

QUALITIES = (85, 70, 50)
MOST = 100
"""More boxes than that hide the picture."""
LETTERS, LINES = 28, 320
"""A letter is one of so many parts of the picture's shorter side high, a line one of so many wide."""
SMALLEST_LETTER, SMALLEST_LINE = 12, 2
BLACK, BRIGHT = (0, 0, 0), (255, 220, 60)
BROKEN = (PermanentError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
"""What a picture is refused with, by us and by Pillow."""


def check_boxes(rules: Sequence[Rule]) -> None:
    """Raises SettingsError where a rule wants boxes and Pillow is missing."""
    for rule in rules:
        if rule.boxes and find_spec("PIL") is None:
            raise SettingsError(f"rule {rule.name}, boxes: Pillow is missing: pip install 'framebus[boxes]'")


def drawn(jpeg: bytes, detections: Iterable[Detection]) -> bytes:
    """A JPEG of the same size with a box around each; boxes are in 0..1 of the picture. Letters are ASCII.

    Only for pictures that may be shown: what is covered stays covered. Never raises: one that cannot be drawn on
    comes back as it is, and so does one with nothing to draw.
    """
    found = sorted(detections, key=lambda each: each.confidence)[-MOST:]
    if not found or find_spec("PIL") is None:
        return jpeg
    try:
        return _drawn(jpeg, found)
    except BROKEN as error:
        log.warning("no boxes in a picture of %d bytes: it cannot be decoded (%s)", len(jpeg), type(error).__name__)
        return jpeg


def _drawn(jpeg: bytes, found: Sequence[Detection]) -> bytes:
    """Raises what BROKEN has; `read_header` keeps out what would need more memory than any of our pictures."""
    from PIL import Image

    read_header(jpeg)
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        image = opened.convert("RGB")
    image.info = {}  # comments, which would be written again
    sheet = _Sheet(image)
    for each in found:
        sheet.mark(each)
    for quality in QUALITIES:
        coded = io.BytesIO()
        image.save(coded, "JPEG", quality=quality, subsampling=0)
        if len(coded.getvalue()) <= MAX_JPEG_BYTES:
            return coded.getvalue()
    return jpeg


class _Sheet:
    """A picture that is drawn on; remembers where captions are."""

    def __init__(self, image: "Picture") -> None:
        from PIL import ImageDraw, ImageFont

        shorter = min(image.size)
        self._width, self._height = image.size
        self._sheet = ImageDraw.Draw(image)
        self._font = ImageFont.load_default(max(SMALLEST_LETTER, shorter // LETTERS))
        self._line = max(SMALLEST_LINE, shorter // LINES)
        self._taken: list[tuple[int, int, int, int]] = []

    def mark(self, each: Detection) -> None:
        line = self._line
        left, top = round(each.box[0] * (self._width - 1)), round(each.box[1] * (self._height - 1))
        right, bottom = round(each.box[2] * (self._width - 1)), round(each.box[3] * (self._height - 1))
        right, bottom = max(left, right), max(top, bottom)
        self._sheet.rectangle((left - line, top - line, right + line, bottom + line), outline=BLACK, width=3 * line)
        self._sheet.rectangle((left, top, right, bottom), outline=BRIGHT, width=line)
        text = f"{name(each.label)} {round(100 * each.confidence)} %".encode("ascii", "replace").decode()
        self._caption(text, left, top, bottom)

    def _caption(self, text: str, left: int, top: int, bottom: int) -> None:
        """Above the box, below it or inside: where no other one is."""
        _, _, right, low = self._sheet.textbbox((0, 0), text, font=self._font)
        wide, high = math.ceil(right) + 2 * self._line, math.ceil(low) + 2 * self._line
        left = max(0, min(left, self._width - wide))
        places = [max(0, min(place, self._height - high)) for place in (top - high, bottom, top)]
        areas = [(left, place, left + wide, place + high) for place in places]
        area = next((area for area in areas if not any(_meet(area, other) for other in self._taken)), areas[0])
        self._taken.append(area)
        self._sheet.rectangle(area, fill=BLACK)
        self._sheet.text((area[0] + self._line, area[1] + self._line / 2), text, fill=BRIGHT, font=self._font)


def _meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
