"""Who is who from look to look: sightings strung into tracks, and tracks linked over the gaps between them.

One box in one look belongs to at most one track, and takes nothing from any other: who is not told apart from somebody
else ends there, and what ended is covered as an end (`paths.py`).

1. *Look to look* (SORT, Bewley et al. 2016, with distance instead of overlap, which small boxes that walk fast do not
   have): each track is moved on by its own speed; the most alike pairs of track and box are taken first, each once.
2. *Over gaps* (Huang, Wu and Nevatia 2008): the end of one track and the beginning of a later one belong together if
   moving the one on, or the other back, meets the other. Links are made anew with every look, so that what is learned
   within the look-ahead counts. A track of one sighting has no speed to be judged by and is never linked.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from libs.common.messages import Box
from services.redactor.policy import SECOND_NS
from services.redactor.shapes import FOREIGN, Rows, Speed, mean, shifted, speed_of, strangeness

MOST_BOXES = 64
"""Looks with more are not taken apart: comparing all with all would cost more than it saves."""

MOST_TRACKS = 256
"""Known at a time; what begins beyond that is not tracked."""

OPEN_NS = SECOND_NS * 55 // 100
"""A track without a sighting for longer has ended; it may still be linked."""

LINK_NS = 2 * SECOND_NS
"""Longest gap that is bridged."""

SPAN_NS = SECOND_NS * 6 // 10
"""The speed at an end is that of so long before it."""

APART, APART_PER_S = 0.4, 0.6
SCALED, SCALED_PER_S = 0.6, 0.3
"""How far from where it was expected, and how much taller or smaller, a box of the same track may be at its next look:
a little, and more with the time since the last one. As `shapes.strangeness` measures.
"""

LINK_APART, LINK_APART_PER_S, LINK_SCALED = 0.6, 0.6, 0.9
"""The same over a gap."""

LATE_PER_S, LINK_LATE_PER_S = 0.3, 0.2
"""What was seen longer ago is less alike by so much."""

END_LENGTH = 3
"""So many sightings are an end: their outline is more sure than a single one."""


WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class Sighting(NamedTuple):
    """A box of one look, upright; `at` in ns. What is of another `kind` (model and label) is somebody else."""

    at: int
    kind: str
    box: Box


@dataclass(slots=True, eq=False)
class Track:
    """Sightings of one, rising in time. `born_at` stays when the first of them are forgotten."""

    kind: str
    born_at: int
    ats: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    before: Self | None = None
    after: Self | None = None
    arriving: Speed = (0.0, 0.0)
    leaving: Speed = (0.0, 0.0)
    begin: Box = WHOLE
    """The first few sightings as one, at the time of the first."""
    end: Box = WHOLE
    """The last few, at the time of the last."""

    def add(self, at: int, box: Box) -> None:
        self.ats.append(at)
        self.boxes.append(box)
        self.leaving = self._speed(bisect_left(self.ats, at - SPAN_NS))
        self.end = self._mean_at(at, slice(-END_LENGTH, None), self.leaving)
        if at - self.born_at <= SPAN_NS:
            self.arriving = self._speed(0)
            self.begin = self._mean_at(self.born_at, slice(END_LENGTH), self.arriving)

    def prune(self, oldest: int) -> bool:
        """Forget what is older; whether anything is left."""
        first = bisect_left(self.ats, oldest)
        del self.ats[:first], self.boxes[:first]
        return bool(self.ats)

    def unlink(self) -> None:
        if self.after:
            self.after.before = None
        if self.before:
            self.before.after = None

    def _speed(self, first: int) -> Speed:
        return speed_of([(at - self.born_at) / SECOND_NS for at in self.ats[first:]], self.boxes[first:])

    def _mean_at(self, at: int, few: slice, speed: Speed) -> Box:
        ats, boxes = self.ats[few], self.boxes[few]
        return mean([shifted(box, speed, (at - seen_at) / SECOND_NS) for seen_at, box in zip(ats, boxes, strict=True)])


class Tracks:
    """The tracks of one boot."""

    def __init__(self) -> None:
        self.known: list[Track] = []

    def add(self, found: Sequence[Sighting]) -> list[Sighting]:
        """Take in the boxes of one look, later than all before; those that are not tracked come back."""
        if not found:
            return []
        if len(found) > MOST_BOXES:
            return list(found)
        rest = self._continue(found)
        room = max(0, MOST_TRACKS - len(self.known))
        for sighting in rest[:room]:
            track = Track(sighting.kind, sighting.at)
            track.add(sighting.at, sighting.box)
            self.known.append(track)
        self._link()
        return rest[room:]

    def prune(self, oldest: int) -> None:
        """Forget what was seen before `oldest`."""
        for track in self.known:
            if track.ats[0] < oldest and not track.prune(oldest):
                track.unlink()
        self.known = [track for track in self.known if track.ats]

    def _continue(self, found: Sequence[Sighting]) -> list[Sighting]:
        """Give each box to the track that it continues; the rest."""
        at = found[0].at
        going = [track for track in self.known if at - track.ats[-1] <= OPEN_NS]
        if not going:
            return list(found)
        gaps_s = np.array([[(at - track.ats[-1]) / SECOND_NS] for track in going])
        unlike = strangeness(
            _moved([track.boxes[-1] for track in going], [track.leaving for track in going], gaps_s),
            np.array([[sighting.box for sighting in found]]),
            APART + APART_PER_S * gaps_s,
            SCALED + SCALED_PER_S * gaps_s,
        )
        unlike[_kinds(going)[:, None] != _kinds(found)] = FOREIGN
        rest = dict(enumerate(found))
        for row, column in _pairs(unlike + LATE_PER_S * gaps_s):
            going[row].add(at, rest.pop(column).box)
        return list(rest.values())

    def _link(self) -> None:
        """Anew between all tracks of two sightings or more."""
        for track in self.known:
            track.before = track.after = None
        sure = [track for track in self.known if len(track.ats) > 1]
        ended = [track for track in sure if track.ats[-1] < sure[-1].born_at]
        first_end = min((track.ats[-1] for track in ended), default=0)
        begun = [track for track in sure if track.born_at > first_end] if ended else []
        if not begun:
            return
        gaps = np.array([track.born_at for track in begun]) - np.array([[track.ats[-1]] for track in ended])
        unlike = _unlike_over(ended, begun, gaps / SECOND_NS)
        unlike[(gaps <= 0) | (gaps > LINK_NS)] = FOREIGN
        for row, column in _pairs(unlike):
            ended[row].after, begun[column].before = begun[column], ended[row]


def _unlike_over(ended: Sequence[Track], begun: Sequence[Track], gaps_s: Rows) -> Rows:
    """(ended, begun): by what moving on the one, or moving back the other, makes more alike."""
    ends, begins = [track.end for track in ended], [track.begin for track in begun]
    bounds = LINK_APART + LINK_APART_PER_S * gaps_s, np.full_like(gaps_s, LINK_SCALED)
    on = _moved(ends, [track.leaving for track in ended], gaps_s)
    back = _moved(begins, [track.arriving for track in begun], -gaps_s.T).swapaxes(0, 1)
    unlike = np.minimum(
        strangeness(on, np.array(begins)[None], *bounds), strangeness(np.array(ends)[:, None], back, *bounds)
    )
    unlike[_kinds(ended)[:, None] != _kinds(begun)] = FOREIGN
    later: Rows = unlike + LINK_LATE_PER_S * gaps_s
    return later


def _moved(boxes: Sequence[Box], speeds: Sequence[Speed], seconds: Rows) -> Rows:
    """(n, m, 4): each of n boxes after each of its m times."""
    ways = np.array(speeds)[:, None, :] * seconds[..., None]
    moved: Rows = np.array(boxes)[:, None, :] + np.concatenate([ways, ways], axis=-1)
    return moved


def _kinds(these: Sequence[Track] | Sequence[Sighting]) -> NDArray[np.object_]:
    return np.array([each.kind for each in these], object)


def _pairs(unlike: Rows) -> Iterator[tuple[int, int]]:
    """The most alike first, each row and each column once."""
    rows, columns = np.nonzero(unlike < FOREIGN)
    order = np.argsort(unlike[rows, columns], kind="stable")
    taken_rows: set[int] = set()
    taken_columns: set[int] = set()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken_rows and column not in taken_columns:
            taken_rows.add(row)
            taken_columns.add(column)
            yield row, column
