"""Box arithmetic: left, top, right, bottom in 0..1."""

from collections.abc import Iterable

from libs.common.messages import Box, Detection

SAME = 0.6
"""Two boxes of one label that overlap so much (intersection over union) are one thing seen twice."""


def area(box: Box) -> float:
    """As a share of the picture."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def intersection(one: Box, other: Box) -> float:
    """The area that both have."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(
        0.0, min(one[3], other[3]) - max(one[1], other[1])
    )


def overlap(one: Box, other: Box) -> float:
    """Intersection over union (Jaccard index), 0..1; 0 for two empty boxes."""
    shared = intersection(one, other)
    both = area(one) + area(other) - shared
    return shared / both if both > 0 else 0.0


def without_doubles(found: Iterable[Detection], same: float = SAME) -> list[Detection]:
    """The surest of each thing (greedy non-maximum suppression, per label), surest first."""
    kept: list[Detection] = []
    for each in sorted(found, key=lambda one: -one.confidence):
        if not any(other.label == each.label and overlap(other.box, each.box) >= same for other in kept):
            kept.append(each)
    return kept
