"""Lines of the MOTChallenge (`frame,id,left,top,width,height,conf,class,visibility`): truth, or what was detected."""

import math
from typing import NamedTuple

PERSON_CLASSES = (1, -1)
"""-1 stands in files of detections, which know one class only."""

FORM = "frame,id,left,top,width,height,conf,class,visibility"


class MotLine(NamedTuple):
    """One line. What does not count (another class with conf 0) is nobody; its frame was looked at none the less."""

    seq: int
    """From 0; the file says frame 1."""
    id: float
    box: tuple[float, float, float, float]
    """Left, top, right, bottom in pixels; parts of it may lie outside of the picture."""
    confidence: float
    """Detectors write scores of any size: they count as 0..1."""
    counts: bool
    visibility: float
    """How much of the box can be seen; 1 where the line does not say it."""


def read_line(text: str) -> MotLine:
    """Raises ValueError, which says what was expected."""
    numbers = [_number(column) for column in text.split(",")]
    if not 7 <= len(numbers) <= 10:
        raise ValueError(f"expected {FORM}")
    frame, name, left, top, width, height, conf = numbers[:7]
    if frame < 1 or not frame.is_integer():
        raise ValueError("frame: expected a whole number from 1 on")
    if width < 0 or height < 0:
        raise ValueError("width, height: expected numbers from 0 on")
    is_person = len(numbers) < 8 or numbers[7] in PERSON_CLASSES
    # With ten columns the last three are a place in the world.
    visibility = numbers[8] if len(numbers) == 9 and numbers[8] >= 0 else 1.0
    return MotLine(
        seq=int(frame) - 1,
        id=name,
        box=(left, top, left + width, top + height),
        confidence=min(1.0, max(0.0, conf)),
        counts=is_person or conf != 0,
        visibility=visibility,
    )


def _number(column: str) -> float:
    try:
        number = float(column)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{column.strip()[:40]!r}: expected a number")
    return number
