"""Who is covered when, for people who walk, hide, meet, turn up and are lost."""

import numpy as np
import pytest

from libs.common.messages import Box
from tests.redactor.walks import FPS, area, covered, hidden, union, walker

COUNT = 60


def seen_at(seqs: range | list[int]) -> dict[int, list[Box]]:
    """Looks that found the walker."""
    return {seq: [walker(seq)] for seq in seqs}


def test_somebody_is_covered_through_a_gap_of_looks() -> None:
    """Lost for 1.5 s, more than a whole width of their own away: found on the straight way between."""
    looks = seen_at([seq for seq in range(COUNT) if not 20 <= seq < 35])
    found = covered(looks, COUNT)
    assert [seq for seq in range(COUNT) if hidden(found[seq], walker(seq)) < 1] == []
    assert max(hidden(union(looks, seq), walker(seq)) for seq in (27, 28)) < 0.5


def test_a_fifth_of_the_looks_missing_uncovers_nobody() -> None:
    """Chosen by chance, with boxes that jitter by a twentieth of their size."""
    random = np.random.default_rng(5)
    looks = {
        seq: [tuple(edge + random.normal(0, 0.05) * 0.05 for edge in walker(seq))]
        for seq in range(COUNT)
        if random.random() > 0.2
    }
    found = covered(looks, COUNT)  # type: ignore[arg-type]
    assert [seq for seq in range(COUNT) if hidden(found[seq], walker(seq)) < 0.97] == []


def test_a_walker_takes_less_area_than_the_union_of_their_boxes() -> None:
    """At most half of it."""
    looks = seen_at([seq for seq in range(COUNT) if seq % 5])
    found = covered(looks, COUNT)
    inside = range(FPS, COUNT - FPS)
    assert sum(area(found[seq]) for seq in inside) < 0.5 * sum(area(union(looks, seq)) for seq in inside)


def test_who_is_lost_is_covered_for_a_second_wherever_they_went() -> None:
    """Gone on, or stopped where they were seen last."""
    found = covered(seen_at(range(30)), COUNT)
    for seq in range(30, 40):
        assert hidden(found[seq], walker(seq)) == 1
        assert hidden(found[seq], walker(29)) == 1
    assert found[40] == []


def test_who_is_first_seen_was_covered_for_a_second_wherever_they_came_from() -> None:
    """The look-ahead is the same thing backwards; only, the earliest frames leave before a speed is known."""
    found = covered(seen_at(range(30, COUNT)), COUNT)
    assert next(seq for seq in range(COUNT) if hidden(found[seq], walker(30)) == 1) == 20
    assert [seq for seq in range(23, COUNT) if hidden(found[seq], walker(seq)) < 1] == []
    assert found[19] == []


def test_a_single_box_is_covered_where_it_is_for_hold_and_look_ahead() -> None:
    """It explains nothing and is explained by nothing: the plain union."""
    found = covered({30: [walker(30)]}, COUNT)
    assert [seq for seq in range(COUNT) if hidden(found[seq], walker(30)) == 1] == list(range(20, 41))
    assert not any(found[seq] for seq in (19, 41))


def test_a_jump_is_no_way() -> None:
    """Half the picture in a tenth of a second: two people, each covered around their own time, nothing between."""
    looks = {seq: [walker(0, start=0.1 if seq < 30 else 0.6)] for seq in range(COUNT)}
    found = covered(looks, COUNT)
    for seq in range(20, 40):
        assert hidden(found[seq], walker(0, start=0.1)) == 1
        assert hidden(found[seq], walker(0, start=0.6)) == 1
        assert hidden(found[seq], walker(0, start=0.35)) == 0


def test_a_box_that_shrinks_for_some_looks_does_not_shrink_the_cover() -> None:
    """Only the head is found behind a hedge, three looks long; the ones around them are whole."""
    looks = seen_at(range(COUNT))
    for seq in (30, 31, 32):
        x0, y0, x1, _ = walker(seq)
        looks[seq] = [(x0, y0, x1, y0 + 0.1)]
    found = covered(looks, COUNT)
    assert [seq for seq in range(COUNT) if hidden(found[seq], walker(seq)) < 0.9] == []


@pytest.mark.parametrize("gap", [0, 3, 6])
def test_two_who_cross_are_both_covered(gap: int) -> None:
    """Where one hides the other, one box is found for both; `gap` more looks to each side too."""

    def pair(seq: int) -> list[Box]:
        return [walker(seq, start=0.2), walker(seq, start=0.56, speed=-0.06, top=0.42)]

    looks = {seq: pair(seq)[: 1 if abs(seq - 30) < 4 + gap else 2] for seq in range(COUNT)}
    found = covered(looks, COUNT)
    assert [seq for seq in range(COUNT) for person in pair(seq) if hidden(found[seq], person) < 0.9] == []


def test_who_leaves_a_group_is_covered_before_they_do() -> None:
    """One box around two; then two boxes. Nobody knows which of them was tracked."""

    def pair(seq: int) -> list[Box]:
        return [walker(30, start=0.2), walker(max(seq, 30), start=0.24)]

    looks: dict[int, list[Box]] = {}
    for seq in range(COUNT):
        (x0, y0, _, _), (_, _, x1, y1) = pair(seq)
        looks[seq] = [(x0, y0, x1, y1)] if seq < 36 else pair(seq)
    found = covered(looks, COUNT)
    assert [seq for seq in range(COUNT) for person in pair(seq) if hidden(found[seq], person) < 1] == []


@pytest.mark.parametrize("fps", [2, 5, 30])
def test_somebody_is_covered_between_looks_of_any_pace(fps: float) -> None:
    """Somebody is found in every second look; where looks are too far apart to track anybody, it is the union."""
    looks = {seq: [walker(seq * FPS / fps)] for seq in range(0, 40, 2)}
    found = covered(looks, 39, fps=fps)
    assert [seq for seq in range(39) if hidden(found[seq], walker(seq * FPS / fps)) < 0.9] == []


def test_without_look_ahead_the_way_is_guessed_from_the_past() -> None:
    """Lost for 0.5 s while walking on; the same for who was never seen before is not possible."""
    found = covered(seen_at(range(10, 30)), COUNT, lookahead_s=0)
    assert [seq for seq in range(10, 36) if hidden(found[seq], walker(seq)) < 1] == []
    assert found[9] == []


def test_what_is_seen_is_covered_whatever_the_tracks_say() -> None:
    """Every box of a frame is covered in it, for boxes that jump, turn up and go by chance."""
    random = np.random.default_rng(11)
    looks: dict[int, list[Box]] = {}
    for seq in range(COUNT):
        corners = random.random((random.integers(0, 8), 2)) * 0.4
        sizes = random.random((len(corners), 2)) * 0.2
        looks[seq] = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(corners.tolist(), sizes.tolist(), strict=True)]
    found = covered(looks, COUNT)
    assert all(hidden(found[seq], box) == 1 for seq in range(COUNT) for box in looks[seq])
