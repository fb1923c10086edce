"""python -m bench.cover_in_time [--quick]: whom the redactor leaves visible, and what it takes for that.

Three ways of covering: the boxes of the frame itself, all those of a second around it, and the redactor's own. *leak*:
people of whom more than a tenth can be seen, *half*: more than a half, *area*: of the picture that is black, with the
margin and on the grid of 16 pixels. All in percent, the mean of the set's recordings.
"""

import argparse
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.cover_sets import Look, Set, Watched, sets
from bench.walks import FPS
from libs.common.messages import Box
from services.redactor.cover import BLOCK, to_blocks
from services.redactor.policy import SECOND_NS, Policy
from services.redactor.seen import Boxes, Seen, boxes_of
from services.redactor.timeline import Timeline
from services.redactor.tracks import Sighting
from services.redactor.verdicts import NONE, Sight

POLICY = Policy(labels=("person",))
PEOPLE = frozenset(POLICY.labels)
FULL = Sight(PEOPLE, PEOPLE, NONE, other_bytes=False, same_size=True)
REACH = FPS
"""Frames before and after, as many as hold and look-ahead are."""
LEAK, HALF = 0.1, 0.5
SLOW = "street clip, `hog`"

Covered = Mapping[int, Boxes]
"""By seq, without margin; frames that nobody looked at are left out."""
Held = deque[tuple[int, Seen]]


@dataclass(frozen=True, slots=True)
class Score:
    """People looked for, and in percent who leaks, who does by half, and the area."""

    people: int
    leak: float
    half: float
    area: float


def per_frame(looks: Sequence[Look | None]) -> Covered:
    """Each box in its own frame only."""
    return {seq: boxes_of(look) for seq, look in enumerate(looks) if look is not None}


def union(looks: Sequence[Look | None]) -> Covered:
    """Each box where it is, from a second before to a second after its own frame."""
    around = (looks[max(0, seq - REACH) : seq + REACH + 1] for seq in range(len(looks)))
    together = [[box for look in near for box in look or ()] for near in around]
    return {seq: boxes_of(boxes) for seq, boxes in enumerate(together) if looks[seq] is not None}


def chosen(looks: Sequence[Look | None]) -> Covered:
    """As the redactor does it, which knows of each frame what came until it is let out."""
    line, held, found = Timeline(POLICY, before=None), Held(), dict[int, Boxes]()
    for seq, look in enumerate(looks):
        if look is not None:
            held.append((seq, _seen(seq, look)))
            line.add(held[-1][1])
            found.update(_decided(line, held))
    line.after = None
    found.update(_decided(line, held))
    if held:
        raise RuntimeError(
            f"seq {held[0][0]} is {line.decide(held[0][1])}; every frame that was looked at must get out"
        )
    return found


WAYS: dict[str, Callable[[Sequence[Look | None]], Covered]] = {
    "per frame": per_frame,
    "union of ±1 s": union,
    "chosen": chosen,
}


def _seen(seq: int, look: Look) -> Seen:
    at = seq * SECOND_NS // FPS
    return Seen(at, FULL, [Sighting(at, "drawn: person", box) for box in look])


def _decided(line: Timeline, held: Held) -> Iterator[tuple[int, Boxes]]:
    while held and not isinstance(boxes := line.decide(held[0][1]), str):
        yield held.popleft()[0], boxes
        if held:
            line.prune(held[0][1].at)


def score(watched: Watched, covered: Covered) -> Score:
    """Over all frames that were looked at."""
    visible: list[float] = []
    areas: list[float] = []
    for seq, boxes in covered.items():
        dark = mask(boxes, watched.width, watched.height)
        areas.append(float(dark.mean()))
        visible += [visible_share(dark, box, watched.width, watched.height) for box in watched.people.get(seq, ())]
    shares = np.array(visible)
    leak, half = (100 * float(np.mean(shares > least)) for least in (LEAK, HALF))
    return Score(len(shares), leak, half, 100 * float(np.mean(areas)))


def mask(boxes: Boxes, width: int, height: int) -> NDArray[np.bool_]:
    """(rows, columns) of the grid, True where it is black."""
    dark = np.zeros((-(-height // BLOCK), -(-width // BLOCK)), bool)
    for left, top, right, bottom in to_blocks(boxes, POLICY.margin, width, height).tolist():
        dark[top:bottom, left:right] = True
    return dark


def visible_share(dark: NDArray[np.bool_], box: Box, width: int, height: int) -> float:
    """Of the box's own area."""
    left, top, right, bottom = box
    rows, columns = dark.shape
    wide, high = _inside(left, right, columns, BLOCK / width), _inside(top, bottom, rows, BLOCK / height)
    return 1 - float(high @ dark @ wide) / ((right - left) * (bottom - top))


def _inside(low: float, high: float, count: int, step: float) -> NDArray[np.float64]:
    """(count,): how much of low..high lies in each cell of the grid."""
    edges = np.arange(count + 1) * step
    inside: NDArray[np.float64] = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0, None)
    return inside


def row(each: Set, seeds: Sequence[int]) -> str:
    """One line of the table."""
    recordings = each.watched(seeds)
    scores = [[score(watched, way(watched.looks)) for watched in recordings] for way in WAYS.values()]
    people = sum(one.people for one in scores[0])
    return f"| {each.name} ({len(seeds)}) | {people:,} | {' | '.join(_mean(each) for each in scores)} |"


def _mean(scores: Sequence[Score]) -> str:
    leak, half, area = np.mean([(one.leak, one.half, one.area) for one in scores], axis=0)
    return f"{leak:.2f}, {half:.2f}, {area:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cover_in_time", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one recording of each set, and no `hog`, which is slow")
    quick = parser.parse_args().quick
    sys.stdout.write(f"| | people | {': leak, half, area | '.join(WAYS)}: leak, half, area |\n|{'---|' * 5}\n")
    for each in sets():
        if not (quick and each.name == SLOW):
            sys.stdout.write(row(each, each.seeds[: 1 if quick else None]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
