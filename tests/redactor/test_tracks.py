"""Who is who: which sightings belong together, and what all this may cost."""

import numpy as np

from libs.common import images
from libs.common.messages import Box, replace
from services.redactor.policy import SECOND_NS
from services.redactor.seen import seen_in
from services.redactor.tracks import MOST_BOXES, MOST_TRACKS, Sighting, Tracks
from services.redactor.verdicts import UNSEEN, sight_of
from services.redactor.words import wanted_by
from tests.redactor.scenes import SOMEBODY, looked, seen
from tests.redactor.walks import FPS, covered, walker

PEOPLE = wanted_by(("person",))


def look(seq: int, *boxes: Box, kind: str = "drawn: person") -> list[Sighting]:
    return [Sighting(seq * SECOND_NS // FPS, kind, box) for box in boxes]


def tracked(looks: list[list[Sighting]]) -> Tracks:
    tracks = Tracks()
    for sightings in looks:
        assert tracks.add(sightings) == []
    return tracks


def test_who_walks_is_one_track() -> None:
    """Two of them are two, whatever order a detector names them in."""
    pairs = [(walker(seq), walker(seq, top=0.7)) for seq in range(20)]
    tracks = tracked([look(seq, *pair[:: 1 if seq % 2 else -1]) for seq, pair in enumerate(pairs)])
    assert sorted(tuple(track.boxes) for track in tracks.known) == sorted(zip(*pairs, strict=True))


def test_a_gap_is_linked_and_linked_anew_when_more_is_known() -> None:
    """Behind a post for a second: the end and the beginning find each other once the latter has a speed."""
    tracks = tracked([look(seq, walker(seq)) for seq in [*range(10), 20]])
    first, second = tracks.known
    assert first.after is None
    tracks.add(look(21, walker(21)))
    assert (first.after, second.before) == (second, first)


def test_one_box_continues_one_track_only() -> None:
    """Where two are found as one, one of the tracks ends: nobody is explained by somebody else's box."""
    looks = [look(seq, walker(seq), walker(seq, start=0.12)) for seq in range(10)]
    tracks = tracked([*looks, look(10, walker(10))])
    assert sorted(len(track.boxes) for track in tracks.known) == [10, 11]


def test_another_model_or_label_is_somebody_else() -> None:
    """A person and what moves in the same place are two tracks."""
    tracks = tracked([look(seq, walker(seq)) + look(seq, walker(seq), kind="motion: moving") for seq in range(5)])
    assert [len(track.boxes) for track in tracks.known] == [5, 5]


def test_a_crowd_is_not_tracked_and_comes_back() -> None:
    """Comparing all with all would take too long; they are covered where they are."""
    crowd = look(0, *(walker(0, top=row / 1000) for row in range(MOST_BOXES + 1)))
    tracks = Tracks()
    assert tracks.add(crowd) == crowd
    assert tracks.known == []


def test_tracks_are_bounded() -> None:
    """Boxes by chance, as many as are looked at, for ten seconds: what is too much comes back, what is old is gone."""
    random, tracks, untracked = np.random.default_rng(3), Tracks(), 0
    for seq in range(100):
        corners = random.random((MOST_BOXES, 2)).tolist()
        untracked += len(tracks.add(look(seq, *((x, y, x + 0.01, y + 0.01) for x, y in corners))))
        tracks.prune((seq - 20) * SECOND_NS // FPS)
        assert len(tracks.known) <= MOST_TRACKS
    assert untracked > 0
    assert min(track.ats[0] for track in tracks.known) >= 79 * SECOND_NS // FPS
    tracks.prune(100 * SECOND_NS // FPS)
    assert tracks.known == []


def test_a_forgotten_end_takes_its_link_along() -> None:
    """Else the beginning behind it would wait for somebody who is gone to cover it."""
    tracks = tracked([look(seq, walker(seq)) for seq in [*range(10), *range(20, 25)]])
    tracks.prune(15 * SECOND_NS // FPS)
    [track] = tracks.known
    assert track.before is None


def test_a_crowd_is_covered_as_the_union() -> None:
    """One second before, one second after, each box where it is."""
    crowd = [walker(0, top=row / 1000) for row in range(MOST_BOXES + 1)]
    found = covered({20: crowd}, 41)
    assert [len(boxes) for boxes in found] == [0] * 10 + [len(crowd)] * 21 + [0] * 10


def test_boxes_without_area_are_covered_and_belong_to_nobody() -> None:
    """A detector that counts in whole pixels may say so."""
    found = covered({seq: [(0.5, 0.5, 0.5, 0.5)] for seq in range(10)}, 10)
    assert all(len(boxes) == 10 for boxes in found)


def test_only_what_a_verdict_vouches_for_explains() -> None:
    """Boxes of carried, foreign or missing verdicts, and in pictures that cannot be read, lie where they are."""
    frame = looked(0, (SOMEBODY,))
    crc = images.image_crc(frame.image)
    info = images.read_header(frame.image)
    other = seen(looked(0), (SOMEBODY,), crc_error=1)
    carried = seen(looked(0), (SOMEBODY,), how="carried")
    nobodys = replace(frame, detections=tuple(replace(each, by=9) for each in frame.detections))
    foreign_size = replace(frame, width=frame.width + 1)
    assert len(seen_in(frame, sight_of(frame, info, crc), crc, PEOPLE).sightings) == 1
    for doubtful in (other, carried, nobodys, foreign_size):
        told = seen_in(doubtful, sight_of(doubtful, info, crc), crc, PEOPLE)
        assert (len(told.sightings), len(told.loose)) == (0, 1)
    assert len(seen_in(frame, UNSEEN, None, PEOPLE).loose) == 1
