"""Who was seen where in a chaotic stream, and what ways lead from one box to another: what its watch judges by."""

from libs.common import images
from libs.common.messages import Box, Frame
from tests.redactor.scenes import darkness


def true_ns(frame: Frame) -> int:
    """When it was really taken, whatever `captured_at` says."""
    return int(frame.tags["true time"])


def people_in(frame: Frame) -> list[Box]:
    """Where anybody said that a person is, right or wrong; left of the box first."""
    boxes = [found.box for found in frame.detections if found.label == "person"]
    return [(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for x0, y0, x1, y1 in boxes]


def looked_for_people(frame: Frame) -> bool:
    """Whether a verdict vouches for what is said about this very picture."""
    crc = images.image_crc(frame.image)
    return any(v.how == "full" and v.image_crc == crc and "person" in v.labels for v in frame.verdicts or ())


def is_dark(shown: Frame, box: Box) -> bool:
    """Nothing inside can be made out."""
    return darkness(shown, box) < 24


def is_nearer(seen: int, now: int, again: int) -> bool:
    """Between the two moments, or at most three seconds from the first beyond the second."""
    return abs(again - seen) <= 3e9 and (again - seen) * (now - seen) > 0


def is_walk(ns: int, box: Box, other: Box) -> bool:
    """Nobody goes a third of the picture in a second; the fastest of this camera goes a tenth."""
    return abs(other[0] - box[0]) <= 0.05 + ns / 3e9


def way_at(now: int, seen: tuple[int, Box], again: tuple[int, Box]) -> Box:
    """Where a straight way from one box to the other leads at a moment; the other box if it is not yet that far."""
    share = min(1.0, (now - seen[0]) / (again[0] - seen[0])) if again[0] != seen[0] else 1.0
    x0, y0, x1, y1 = (one + share * (other - one) for one, other in zip(seen[1], again[1], strict=True))
    return x0, y0, x1, y1
