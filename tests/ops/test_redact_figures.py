"""Judged frames to figures."""

from collections import Counter
from collections.abc import Sequence

import pytest

from libs.ops.redact_figures import Figures, Judged, Run, figures
from libs.ops.redact_judge import judge
from tests.ops.redact_rig import PixelBox, labelled, redacted

COVER = (64, 64, 128, 160)
HIDDEN, PARTLY, OPEN = (64, 64, 128, 160), (48, 64, 112, 160), (160, 64, 200, 160)
"""Labels under the cover, a quarter beside it, and far from it."""


def clip(*labels: Sequence[PixelBox] | None) -> list[Judged]:
    """Frames with this cover; what is labelled in each, by id from 1; None: unlabelled."""
    return [
        judge(redacted(seq, said=[COVER]), None if boxes is None else labelled(*boxes))
        for seq, boxes in enumerate(labels)
    ]


def of(judged: Sequence[Judged]) -> Figures:
    return figures(judged, frames=len(judged), lost_boxes=0)


def test_rates_are_shares_of_all_labelled_boxes() -> None:
    """More than a tenth visible, more than half."""
    found = of(clip([HIDDEN, OPEN], [HIDDEN, PARTLY], []))
    assert (found.boxes, found.shown_boxes, found.leak_rate, found.half_rate) == (4, 4, 0.5, 0.25)
    assert [(leak.seq, leak.sight.id) for leak in found.leaks] == [(0, 2), (1, 2)]


def test_a_tenth_exactly_is_no_leak() -> None:
    """And a little more is one."""
    label = labelled((64, 60, 128, 160))
    visible = [
        of([judge(redacted(said=[(64, 60, 128, bottom)], black=[(64, 60, 128, 160)]), label)]) for bottom in (150, 149)
    ]
    assert [len(found.leaks) for found in visible] == [0, 1]


def test_the_longest_run_is_one_persons_frames_in_a_row() -> None:
    """Another one who is seen meanwhile does not lengthen it; who is hidden for a frame begins anew."""
    found = of(clip([OPEN], [OPEN], [HIDDEN, OPEN], [OPEN, OPEN], [HIDDEN, OPEN], [OPEN]))
    assert found.longest == Run(id=2, first_seq=2, frames=3)
    assert [(each.id, each.boxes, each.leaks) for each in found.people] == [(1, 6, 4), (2, 3, 3)]
    assert found.people[0].longest == Run(id=1, first_seq=0, frames=2)


def test_no_run_goes_on_through_an_unlabelled_frame() -> None:
    """Nobody knows who can be seen there."""
    assert of(clip([OPEN], None, [OPEN], [OPEN])).longest == Run(id=1, first_seq=2, frames=2)


def test_the_same_id_twice_in_a_frame_is_one_frame_of_its_run() -> None:
    """Both boxes count."""
    judged = [judge(redacted(seq), [*labelled(OPEN), *labelled(HIDDEN)]) for seq in range(3)]
    found = of(judged)
    assert found.longest == Run(id=1, first_seq=0, frames=3)
    assert len(found.leaks) == 6


def test_withheld_and_missing_frames_show_nobody() -> None:
    """They are counted, their boxes too; the area is that of the frames that were shown."""
    black = judge(redacted(1, black=[(0, 0, 320, 240)], reason="gap"), labelled(OPEN))
    judged = [*clip([HIDDEN]), black]
    found = figures(judged, frames=5, lost_boxes=2)
    assert (found.boxes, found.shown_boxes, found.leaks) == (4, 1, [])
    assert (found.shown_frames, found.withheld, found.missing_frames) == (1, Counter({"gap": 1}), 3)
    assert found.area == pytest.approx(64 * 96 / (320 * 240))


def test_a_frame_waits_for_the_newest_that_had_come_when_it_left() -> None:
    """In the stream's own time; at the end nothing newer comes."""
    found = of([judge(redacted(seq, waits=min(3, 9 - seq)), None) for seq in range(10)])
    assert found.delay_s == pytest.approx(0.3)
    assert found.longest_delay_s == pytest.approx(0.3)
    assert of([judge(redacted(seq), None) for seq in range(10)]).longest_delay_s == 0


def test_frames_that_are_not_black_where_they_say_so_are_counted() -> None:
    """And nobody else's."""
    judged = [judge(redacted(0, said=[COVER], black=[]), None), judge(redacted(1, said=[COVER]), None)]
    assert of(judged).dishonest_frames == 1


def test_nothing_shown_is_no_figure_to_divide_by() -> None:
    """Every frame withheld, nobody labelled."""
    found = of([judge(redacted(black=[(0, 0, 320, 240)], reason="start"), None)])
    assert (found.area, found.leak_rate, found.half_rate, found.longest) == (0, 0, 0, None)
