"""The size of the pictures that are sent."""

import re
from dataclasses import dataclass
from math import prod

from libs.common.errors import SettingsError
from libs.common.jpeg_header import MAX_PIXELS

LARGEST_SIDE = 8192


@dataclass(frozen=True, slots=True)
class Resize:
    """To a width and height, to a width alone (the height follows), or by a factor."""

    width: int = 0
    height: int = 0
    factor: float = 0.0

    def of(self, width: int, height: int) -> tuple[int, int]:
        """The new width and height of an upright picture, at least one pixel each."""
        if self.width and self.height:
            return self.width, self.height
        factor = self.factor or self.width / width
        return max(1, round(width * factor)), max(1, round(height * factor))


def parse_resize(text: str) -> Resize:
    """Reads 640x360, 640 (a width) or 0.5 (a factor, with a point). Raises SettingsError."""
    if re.fullmatch(r"\d{1,4}(x\d{1,4})?", text, re.ASCII):
        width, _, height = text.partition("x")
        resize = Resize(int(width), int(height or 0))
        sides = (resize.width, resize.height if height else 1)
        if all(0 < side <= LARGEST_SIDE for side in sides) and prod(sides) <= MAX_PIXELS:
            return resize
    elif re.fullmatch(r"\d?\.\d{1,6}", text, re.ASCII) and 0 < float(text) <= 4:
        return Resize(factor=float(text))
    raise SettingsError(f"resize: {text[:40]!r}, expected 640x360, a width like 640 or a factor like 0.5")
