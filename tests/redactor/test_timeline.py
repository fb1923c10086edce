"""What neighbours in time may vouch for, at the edges of what is remembered."""

from collections.abc import Sequence

import numpy as np

from libs.common.messages import Box
from services.redactor.policy import SECOND_NS, Policy
from services.redactor.seen import Seen
from services.redactor.timeline import MAX_SEEN, Timeline
from services.redactor.tracks import Sighting
from services.redactor.verdicts import NONE, Sight

PEOPLE = frozenset({"person"})
FULL = Sight(PEOPLE, PEOPLE, NONE, other_bytes=False, same_size=True)
CARRIED = Sight(PEOPLE, NONE, PEOPLE, other_bytes=False, same_size=True)
SOMEBODY: Box = (0.1, 0.1, 0.2, 0.2)


ELSEWHERE: Box = (0.7, 0.1, 0.8, 0.2)


def entry(at_s: float, sight: Sight = FULL, *boxes: Box) -> Seen:
    """A frame in which a model saw this."""
    at = round(at_s * SECOND_NS)
    return Seen(at, sight, [Sighting(at, "drawn: person", box) for box in boxes])


def timeline(entries: list[Seen], **policy: float) -> Timeline:
    """A boot from its beginning on."""
    made = Timeline(Policy(labels=("person",), **policy), before=None)  # type: ignore[arg-type]
    for seen in entries:
        made.add(seen)
    return made


def boxes(decision: object) -> list[list[float]]:
    """Those of a frame that may leave."""
    assert isinstance(decision, np.ndarray)
    return decision.tolist()  # type: ignore[no-any-return]


def may_leave(decision: object) -> bool:
    """It has no reason to stay."""
    return isinstance(decision, np.ndarray)


def test_the_nearest_looked_frames_count_even_where_hold_is_shorter() -> None:
    """A detector at one look in 0.8 s: whoever it saw last is not forgotten before it looks again."""
    entries = [entry(0, FULL, SOMEBODY), entry(0.8), entry(1.6, FULL, ELSEWHERE)]
    found = boxes(timeline(entries, hold_s=0.1, lookahead_s=0.1).decide(entries[1]))
    assert all(any(holds(box, seen) for box in found) for seen in (SOMEBODY, ELSEWHERE))


def holds(box: Sequence[float], other: Box) -> bool:
    """Whether the other one lies inside."""
    near = 1e-6
    return all(box[side] <= other[side] + near and box[side + 2] >= other[side + 2] - near for side in (0, 1))


def test_hold_and_look_ahead_end_where_they_are_said_to_end() -> None:
    """A box counts 0.5 s before and after it was seen, 0.6 s away it does not."""
    entries = [entry(at / 10, FULL, *([SOMEBODY] if at == 10 else [])) for at in range(21)]
    line = timeline(entries, hold_s=0.5, lookahead_s=0.5)
    covered = [at for at in range(5, 16) if boxes(line.decide(entries[at]))]
    assert covered == list(range(5, 16))
    assert boxes(line.decide(entries[4])) == []


def test_a_frame_waits_until_a_looked_frame_vouches_for_its_look_ahead() -> None:
    """Frames that nobody looked at do not shorten the wait, but one second without a look ends it."""
    unlooked = Sight(NONE, NONE, NONE, other_bytes=False, same_size=True)
    entries = [entry(0), *(entry(at / 10, unlooked) for at in range(1, 11))]
    line = timeline(entries, lookahead_s=0.5)
    assert line.decide(entries[0]) == "wait"
    line.add(entry(1.1, unlooked))
    assert line.decide(entries[0]) == "gap"


def test_a_carried_frame_between_two_looks_exactly_the_gap_apart_may_leave() -> None:
    """At most `max_gap`."""
    half = {"hold_s": 0.5, "lookahead_s": 0.5}
    entries = [entry(0), entry(0.5, CARRIED), entry(1)]
    assert may_leave(timeline(entries, **half).decide(entries[1]))
    entries[2] = entry(1.001)
    assert timeline(entries, **half).decide(entries[1]) == "gap"


def test_a_pruned_past_is_as_unknown_as_a_gap() -> None:
    """Also for the frame itself, whatever hold and look-ahead are."""
    entries = [entry(at / 10) for at in range(40)]
    line = timeline(entries, hold_s=0, lookahead_s=0.5)
    line.prune(round(1.5 * SECOND_NS))
    assert line.decide(entries[4]) == "gap"
    assert may_leave(line.decide(entries[30]))


def test_the_past_is_bounded() -> None:
    """Frames a nanosecond apart cannot fill the memory."""
    line = timeline([])
    for at in range(MAX_SEEN + 100):
        line.add(Seen(at, FULL))
    line.prune(0)
    assert len(line._seen) == MAX_SEEN
