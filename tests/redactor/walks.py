"""People who walk through a timeline: what a detector says of them, look by look, and what is then covered."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from libs.common.messages import Box
from services.redactor.policy import SECOND_NS, Policy
from services.redactor.seen import Seen
from services.redactor.timeline import Timeline
from services.redactor.tracks import Sighting
from services.redactor.verdicts import NONE, Sight

FPS = 10
PEOPLE = frozenset({"person"})
FULL = Sight(PEOPLE, PEOPLE, NONE, other_bytes=False, same_size=True)

Looks = Mapping[int, Sequence[Box]]
"""What a detector says, by seq; at a seq that is missing it looked and found nobody."""


def walker(seq: float, start: float = 0.1, speed: float = 0.06, top: float = 0.4) -> Box:
    """Where somebody is who walks `speed` of the picture's width a second, and is 0.05 wide and 0.15 high."""
    left = start + speed * seq / FPS
    return left, top, left + 0.05, top + 0.15


def covered(
    looks: Looks, count: int, fps: float = FPS, kind: str = "drawn: person", **policy: float
) -> list[list[Box]]:
    """The boxes that count in each of `count` looked frames, without margin; the boot begins and ends with them."""
    line = Timeline(Policy(labels=("person",), **policy), before=None)  # type: ignore[arg-type]
    frames = [_seen(round(seq * SECOND_NS / fps), looks.get(seq, ())) for seq in range(count)]
    for frame in frames:
        line.add(frame)
    line.after = None
    return [_boxes(line.decide(frame)) for frame in frames]


def hidden(boxes: Iterable[Box], person: Box, margin: float = 0.15) -> float:
    """How much of a person the boxes hide, each with its margin; counted on a grid of 40 by 40 points."""
    xs, ys = (np.linspace(person[side], person[side + 2], 40) for side in (0, 1))
    dark = np.zeros((40, 40), bool)
    for x0, y0, x1, y1 in boxes:
        wide, high = margin * (x1 - x0), margin * (y1 - y0)
        dark |= ((ys >= y0 - high) & (ys <= y1 + high))[:, None] & ((xs >= x0 - wide) & (xs <= x1 + wide))
    return float(dark.mean())


def area(boxes: Iterable[Box]) -> float:
    """Of the picture, on the same grid."""
    return hidden(boxes, (0, 0, 1, 1), margin=0)


def union(looks: Looks, seq: int, reach: int = FPS) -> list[Box]:
    """All boxes of the looks up to `reach` frames before and after."""
    return [box for near in range(seq - reach, seq + reach + 1) for box in looks.get(near, ())]


def _seen(at: int, boxes: Sequence[Box]) -> Seen:
    return Seen(at, FULL, [Sighting(at, "drawn: person", box) for box in boxes])


def _boxes(decision: object) -> list[Box]:
    assert isinstance(decision, np.ndarray), decision
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in decision.tolist()]
