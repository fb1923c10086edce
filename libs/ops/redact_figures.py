"""Judged frames to figures: how many people leaked, for how long, and what it cost in area and time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

LEAK, HALF = 0.1, 0.5
"""Share of its pixels above which a labelled box leaks, or is half visible."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of one labelled box can be seen, 0..1; `box` is left, top, right, bottom in pixels of the picture."""

    id: int
    box: tuple[int, int, int, int]
    visible: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One frame of the output."""

    seq: int
    captured_at: int
    sights: tuple[Sight, ...]
    area: float
    """Share of the picture that is covered."""
    withheld: str | None
    """The reason, if it was."""
    honest: bool
    """Whether all is black that the message calls covered."""
    in_ns: int
    out_ns: int
    """When the redactor got it and gave it out."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One labelled box that can be seen."""

    seq: int
    sight: Sight


@dataclass(frozen=True, slots=True)
class Run:
    """One person, visible in so many frames in a row; a frame without a label of this person ends it."""

    id: int
    first_seq: int
    frames: int


@dataclass(frozen=True, slots=True)
class Person:
    """What became of one id."""

    id: int
    boxes: int
    leaks: int
    longest: Run | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one way of redacting. Rates are of all labelled boxes in the picture; withheld or missing frames hide them."""

    shown_frames: int
    missing_frames: int
    """Frames of the clip that did not come out."""
    withheld: Counter[str]
    dishonest_frames: int
    """Frames in which something that the message calls covered is not black."""
    boxes: int
    shown_boxes: int
    """Those in frames that came out and were not withheld."""
    leaks: list[Leak]
    half: int
    people: list[Person]
    longest: Run | None
    area: float
    """Mean share of the picture that is covered, over the frames that were shown; 0 if there was none."""
    delay_s: float
    longest_delay_s: float
    """Stream time for which a frame waited: the newest frame that the redactor had got when this one left, minus it."""

    @property
    def leak_rate(self) -> float:
        return len(self.leaks) / self.boxes if self.boxes else 0.0

    @property
    def half_rate(self) -> float:
        return self.half / self.boxes if self.boxes else 0.0


def figures(judged: Sequence[Judged], frames: int, lost_boxes: int) -> Figures:
    """Of the frames that came out, by seq; `frames` is how many there are in the clip.

    `lost_boxes` are the labelled boxes of frames that did not come out: nobody sees them.
    """
    shown = [each for each in judged if each.withheld is None]
    leaks = [Leak(each.seq, sight) for each in judged for sight in each.sights if sight.visible > LEAK]
    delays_s = _delays_s(judged)
    people = _people(judged, leaks)
    return Figures(
        shown_frames=len(shown),
        missing_frames=frames - len(judged),
        withheld=Counter(each.withheld for each in judged if each.withheld),
        dishonest_frames=sum(not each.honest for each in judged),
        boxes=sum(len(each.sights) for each in judged) + lost_boxes,
        shown_boxes=sum(len(each.sights) for each in shown),
        leaks=leaks,
        half=sum(leak.sight.visible > HALF for leak in leaks),
        people=people,
        longest=max((each.longest for each in people if each.longest), key=lambda run: run.frames, default=None),
        area=fmean(each.area for each in shown) if shown else 0.0,
        delay_s=median(delays_s) if delays_s else 0.0,
        longest_delay_s=max(delays_s, default=0.0),
    )


def _people(judged: Sequence[Judged], leaks: Sequence[Leak]) -> list[Person]:
    """By id."""
    boxes = Counter(sight.id for each in judged for sight in each.sights)
    seen: dict[int, list[int]] = {person: [] for person in sorted(boxes)}
    for leak in leaks:
        seen[leak.sight.id].append(leak.seq)
    return [Person(person, boxes[person], len(seqs), _longest(person, seqs)) for person, seqs in seen.items()]


def _longest(person: int, seqs: Sequence[int]) -> Run | None:
    """`seqs` rise; one that is there twice is one frame with two boxes of this id."""
    runs: list[Run] = []
    for seq in seqs:
        goes_on = bool(runs) and seq <= runs[-1].first_seq + runs[-1].frames
        first = runs.pop().first_seq if goes_on else seq
        runs.append(Run(person, first, seq - first + 1))
    return max(runs, key=lambda run: run.frames, default=None)


def _delays_s(judged: Sequence[Judged]) -> list[float]:
    came_ns = [each.in_ns for each in judged]
    newest = (judged[bisect_right(came_ns, each.out_ns) - 1] for each in judged)
    return [(last.captured_at - each.captured_at) / 1e9 for last, each in zip(newest, judged, strict=True)]
