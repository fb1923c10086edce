"""Says which finding is the same thing as one before: the tracks of one camera and one backend.

After SORT (Bewley et al. 2016: constant velocity, matching by overlap) and ByteTrack (Zhang et al. 2022: the sure
findings choose first, then the unsure ones). The velocity comes from an alpha-beta filter, a Kalman filter in its
steady state, whose gain follows from the time between looks: 1 to 10 a second, or none for a while.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from libs.common.messages import Box, Detection
from services.detector.boxes import overlap
from services.detector.matching import Known, matched

MOST_TRACKS = 256
SURE = 0.5
"""Confidence from which a finding chooses its track before the others do."""

COAST_S = 2.0
"""So long a track goes on unseen, at its last velocity."""

STANDS_S = 10.0
"""Who has not moved for so long stands; and may be unseen for as long, for they will be found where they were."""

SAME_PLACE = 0.6
"""Overlap of the boxes of somebody who has not moved (Frigate takes the same)."""

FORGOTTEN_S = 60.0
"""Nobody looked for so long, or the clock went wrong by as much: all tracks begin anew."""

SMOOTHING_S = 0.3
"""Time constant of the velocity."""


@dataclass(slots=True)
class Track:
    """One thing; times in ns of stream time, velocity of its middle in pictures per second."""

    name: str
    label: str
    box: Box
    seen_at: int
    place: Box
    moved_at: int
    velocity: tuple[float, float] = (0.0, 0.0)

    def unseen_s(self, at: int) -> float:
        return max(0, at - self.seen_at) / 1e9

    def stands(self) -> bool:
        return self.seen_at - self.moved_at >= STANDS_S * 1e9

    def known(self, at: int, looked_at: int) -> Known:
        """Where it should be now; `looked_at`: the last look at the whole picture."""
        return Known(self._expected(at), self._reach(at), missed=self.seen_at < looked_at)

    def _expected(self, at: int) -> Box:
        seconds = 0.0 if self.stands() else min(self.unseen_s(at), COAST_S)
        x, y = self.velocity[0] * seconds, self.velocity[1] * seconds
        return self.box[0] + x, self.box[1] + y, self.box[2] + x, self.box[3] + y

    def _reach(self, at: int) -> float:
        """How far off, in sizes of its box, it may be: half of one, and more with time, up to Frigate's 2.5."""
        unseen_s = self.unseen_s(at)
        return min(2.5, 0.5 + 2.5 * unseen_s) if unseen_s <= COAST_S else 0.0

    def is_lost(self, at: int) -> bool:
        return self.unseen_s(at) > (STANDS_S if self.stands() else COAST_S)

    def see(self, box: Box, at: int) -> None:
        seconds = self.unseen_s(at)
        if seconds:
            gain = 1 - exp(-seconds / SMOOTHING_S) if self.velocity != (0.0, 0.0) else 1.0
            was, now = _middle(self.box), _middle(box)
            x, y = ((1 - gain) * v + gain * (n - w) / seconds for v, n, w in zip(self.velocity, now, was, strict=True))
            self.velocity = x, y
        if overlap(self.place, box) < SAME_PLACE:
            self.place, self.moved_at = box, at
        self.box, self.seen_at = box, at


class Tracker:
    """Fed with each look in order. Names are made of the frame in which something was first found: same frames, same
    names.
    """

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}
        self._boot = ""
        self._at = 0
        self._looked_at = 0

    def follow(
        self, found: Sequence[Detection], boot: str, seq: int, captured_at: int, whole: bool
    ) -> list[str | None]:
        """The track of each finding, None where there are too many.

        `whole`: the whole picture was looked at, so that who was not found is missing.
        """
        self._begin(boot, captured_at)
        names: list[str | None] = [None] * len(found)
        for sure in (True, False):
            self._match(found, names, [each.confidence >= SURE for each in found], sure)
        for index, each in enumerate(found):
            if names[index] is None and len(self._tracks) < MOST_TRACKS:
                names[index] = self._new(f"{boot}-{seq}-{index}", each)
        if whole:
            self._let_go()
        return names

    def restore(self, found: Sequence[Detection], boot: str, captured_at: int, whole: bool) -> None:
        """Take in findings of an earlier frame that have their tracks already."""
        self._begin(boot, captured_at)
        for each in found:
            if not isinstance(each.track, str):
                continue
            if each.track in self._tracks:
                self._tracks[each.track].see(each.box, self._at)
            elif len(self._tracks) < MOST_TRACKS:
                self._new(each.track, each)
        if whole:
            self._let_go()

    def _begin(self, boot: str, captured_at: int) -> None:
        if boot != self._boot or abs(captured_at - self._at) > FORGOTTEN_S * 1e9:
            self._tracks, self._boot, self._at, self._looked_at = {}, boot, captured_at, 0
        self._at = max(self._at, captured_at)

    def _match(self, found: Sequence[Detection], names: list[str | None], sures: list[bool], sure: bool) -> None:
        """Only things of one label are the same."""
        taken = set(names)
        tracks: dict[str, list[Track]] = {}
        for track in self._tracks.values():
            if track.name not in taken:
                tracks.setdefault(track.label, []).append(track)
        chosen: dict[str, list[int]] = {}
        for index, each in enumerate(found):
            if sures[index] is sure and each.label in tracks:
                chosen.setdefault(each.label, []).append(index)
        for label, indices in chosen.items():
            known = tracks[label]
            for row, column in matched(
                [track.known(self._at, self._looked_at) for track in known], [found[index].box for index in indices]
            ):
                names[indices[column]] = known[row].name
                known[row].see(found[indices[column]].box, self._at)

    def _let_go(self) -> None:
        self._looked_at = self._at
        self._tracks = {name: track for name, track in self._tracks.items() if not track.is_lost(self._at)}

    def _new(self, name: str, first: Detection) -> str:
        self._tracks[name] = Track(name, first.label, first.box, self._at, first.box, self._at)
        return name


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
