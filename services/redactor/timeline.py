"""One boot of one camera in time: what was seen shortly before and after a frame, and whether enough was looked at."""

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import Literal

import numpy as np

from services.redactor.paths import boxes_at
from services.redactor.policy import SECOND_NS, Policy
from services.redactor.seen import Boxes, Seen, boxes_of
from services.redactor.tracks import Tracks
from services.redactor.verdicts import NONE, Labels, Reason, standing

Wait = Literal["wait"]
Before = Reason | None
"""What lies before the first known frame: nothing (the boot began with it), or why nobody knows."""
After = Reason | Wait | None
"""What lies after the last one: later frames, nothing (the boot ended), or why nobody will know."""

MAX_SEEN = 4000
"""Frames remembered per camera: 30 s at 120 frames per second. Older ones are as unknown as a gap."""


class Timeline:
    """The frames of one boot, strictly rising in time, those still held and those their window reaches back to."""

    def __init__(self, policy: Policy, before: Before) -> None:
        self.before: Before = before
        self.after: After = "wait"
        self._by_words = policy.wanted
        self._hold, self._lookahead, self._max_gap = (
            int(seconds * SECOND_NS) for seconds in (policy.hold_s, policy.lookahead_s, policy.max_gap_s)
        )
        self._wanted: Labels = self._by_words.words
        self._seen: list[Seen] = []
        self._tracks = Tracks()

    def add(self, seen: Seen) -> None:
        """Take in the next frame; its time must be above all others."""
        self._seen.append(seen)
        if rest := self._tracks.add(seen.sightings):
            seen.loose = np.concatenate([seen.loose, boxes_of([sighting.box for sighting in rest])])
        if not self._by_words.words:
            self._want_all()
        seen.standing = standing(seen.sight, self._wanted)

    def prune(self, oldest_ns: int) -> None:
        """Forget what no frame from `oldest_ns` on can ask for."""
        first = bisect_left(self._seen, oldest_ns - self._hold - self._max_gap, key=attrgetter("at"))
        first = max(first, len(self._seen) - MAX_SEEN)
        if first:
            del self._seen[:first]
            self._tracks.prune(self._seen[0].at if self._seen else oldest_ns)
            self.before = "gap"

    def decide(self, seen: Seen) -> Boxes | Reason | Wait:
        """The boxes to be covered in this frame, or why it must not leave, or that it has to wait."""
        at = bisect_left(self._seen, seen.at, key=attrgetter("at"))
        if at == len(self._seen) or self._seen[at] is not seen:
            return "gap"
        if seen.standing != "full" and seen.standing != "carried":
            return seen.standing
        back = [seen.at - other.at for other in reversed(self._seen[:at]) if other.standing == "full"]
        ahead = [other.at - seen.at for other in self._seen[at + 1 :] if other.standing == "full"]
        past = self._past(seen, back)
        if not isinstance(past, int):
            return past
        future = self._future(seen, back, ahead)
        if not isinstance(future, int):
            return future
        return self._boxes(seen.at, past, future)

    def _boxes(self, at: int, past: int, future: int) -> Boxes:
        """What is to be covered at a moment, for what was seen up to `past` before and `future` after it (ns)."""
        first = bisect_left(self._seen, at - past, key=attrgetter("at"))
        stop = bisect_right(self._seen, at + future, key=attrgetter("at"))
        tracked = boxes_of([box for track in self._tracks.known for box in boxes_at(track, at, past, future)])
        return np.concatenate([tracked, *(other.loose for other in self._seen[first:stop] if len(other.loose))])

    def _past(self, seen: Seen, back: list[int]) -> int | Reason | Wait:
        end = seen.at - self._seen[0].at
        if seen.standing == "full":
            return self._reach(back, self._hold, 0, self.before, end)
        return self._reach(back, max(self._hold, 1), 0, self.before if back else self.before or "gap", end)

    def _future(self, seen: Seen, back: list[int], ahead: list[int]) -> int | Reason | Wait:
        end = self._seen[-1].at - seen.at
        if seen.standing == "full":
            return self._reach(ahead, self._lookahead, 0, self.after, end)
        return self._reach(ahead, max(self._lookahead, 1), -back[0], self.after if ahead else self.after or "gap", end)

    def _reach(self, looked: list[int], goal: int, last: int, edge: After, end: int) -> int | Reason | Wait:
        """How far to one side of a frame boxes count: to `goal`, and at least to the nearest looked frame.

        `looked` are the distances of looked frames, nearest first; the walk along them begins at `last` (for a carried
        frame at the looked one on its other side); `end` is the distance of the last known frame; all in ns. No step
        may be longer than the greatest gap.
        """
        if goal == 0:
            return 0
        for distance in looked:
            if distance - last > self._max_gap:
                return "gap"
            last = distance
            if distance >= goal:
                return max(goal, looked[0])
        if edge is not None and edge != "wait":
            return edge
        if end - last > self._max_gap:
            return "gap"
        return goal if edge is None else edge

    def _want_all(self) -> None:
        """Without words: every label that any verdict near in time names, valid or not."""
        wanted = self._by_words.labels(NONE.union(*{seen.sight.named for seen in self._seen}))
        if wanted != self._wanted:
            self._wanted = wanted
            for seen in self._seen:
                seen.standing = standing(seen.sight, wanted)
