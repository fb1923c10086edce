"""Where somebody is at a moment, as far as the sightings of their track tell: one box, large enough to be sure.

The nearest sightings on both sides, moved to the moment with their common speed, and the outline of all of them: their
jitter, and boxes that were once too small, are covered with it. Then it grows with the time to the nearest of them.
What was seen in the frame itself is among them, unmoved: it is covered whatever else is believed.

- *Between two sightings* of a track, or of two linked ones, this replaces all other boxes of the track: that is where
  the covered area is won against the plain union of all boxes within hold and look-ahead.
- *Across a link* the boxes at both ends of the gap are covered as well, where they are, for as long as the union would:
  a wrong link must not uncover whoever ended there.
- *Behind its end and before its beginning*, within hold and look-ahead, the same sightings where they are belong to the
  outline: who was lost may have stopped as well as gone on. Those farther away in time are left to the track.
- *A track of one sighting* is all end: it is covered where it is for hold and look-ahead, as in the union. So is, by
  `timeline.py`, what is not tracked at all.

Sources: moving observations instead of a filter's state is OC-SORT's (Cao et al. 2023); interpolation between the ends
of a gap is ByteTrack's (Zhang et al. 2022).
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from libs.common.messages import Box
from services.redactor.policy import SECOND_NS
from services.redactor.shapes import around, grown, shifted, speed_of
from services.redactor.tracks import Track

NEAR_NS = SECOND_NS * 3 // 10
"""Sightings so much further away than the nearest one count too."""

MOST_NEAR = 5
"""At most so many on each side, the nearest always."""

GROWTH_PER_S = 0.4
"""Of its width on each side, between sightings; at most as much as after one second."""

END_GROWTH_PER_S = 0.05
"""The same where the track has ended or not yet begun; the standing sightings do the rest."""

Near = list[tuple[int, Box]]
"""Times (ns) and boxes, nearest first."""


def boxes_at(track: Track, at: int, past: int, future: int) -> Iterator[Box]:
    """What is to be covered at a moment because of this track; `past` and `future` are hold and look-ahead, in ns.

    What is later than `future` counts as unknown; what is earlier than `past` helps to tell where somebody is who is
    seen again. A gap in front of a track is told by the track before it.
    """
    here = bisect_right(track.ats, at)
    until = bisect_right(track.ats, at + future)
    before, after = _near(track, here - 1, -1), _near(track, here, until)
    if before and after:
        yield _between(before, after, at)
    elif before and (link := track.after) and link.ats[0] <= at + future:
        if link.ats[0] > at:
            yield from _across(before, _near(link, 0, bisect_right(link.ats, at + future)), at, past, future)
    elif before and at - before[0][0] <= past:
        yield _beyond(before, at)
    elif after and not track.before:
        yield _beyond(after, at)


def _near(track: Track, first: int, stop: int) -> Near:
    """From index `first` on towards `stop` (outside), nearest first, thinned out evenly."""
    step = 1 if stop > first else -1
    if first == stop:
        return []
    nearest = track.ats[first]
    last = first
    while last + step != stop and abs(track.ats[last + step] - nearest) <= NEAR_NS:
        last += step
    stride = step * -(-(abs(last - first) + 1) // MOST_NEAR)
    return [(track.ats[index], track.boxes[index]) for index in range(first, last + step, stride)]


def _between(before: Near, after: Near, at: int) -> Box:
    nearest = min(at - before[0][0], after[0][0] - at)
    return grown(around(_moved(before + after, at)), GROWTH_PER_S * _seconds(nearest))


def _across(before: Near, after: Near, at: int, past: int, future: int) -> Iterator[Box]:
    yield _between(before, after, at)
    if at - before[0][0] <= past:
        yield before[0][1]
    if after[0][0] - at <= future:
        yield after[0][1]


def _beyond(seen: Near, at: int) -> Box:
    ahead = grown(around(_moved(seen, at)), END_GROWTH_PER_S * _seconds(abs(at - seen[0][0])))
    return around([ahead, *(box for _, box in seen)])


def _moved(seen: Near, at: int) -> Sequence[Box]:
    origin = seen[0][0]
    speed = speed_of([(seen_at - origin) / SECOND_NS for seen_at, _ in seen], [box for _, box in seen])
    return [shifted(box, speed, (at - seen_at) / SECOND_NS) for seen_at, box in seen]


def _seconds(time: int) -> float:
    """At most one: nobody gets larger than that."""
    return min(time, SECOND_NS) / SECOND_NS
