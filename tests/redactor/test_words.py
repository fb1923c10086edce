"""What the operator's words cover."""

from typing import Any

import pytest

from libs.common.messages import Detection, replace
from services.redactor.words import wanted_by
from tests.redactor.scenes import BLACK, END, SOMEBODY, darkness, frames, looked, play, reasons, seen, stage, unlooked

ELSEWHERE = (0.8, 0.1, 0.9, 0.2)
ALL_BUT_CAR = ("all-but", "car")


def found(label: str, *parents: str) -> Detection:
    return Detection(label=label, confidence=0.9, box=SOMEBODY, by=0, parents=parents)


@pytest.mark.parametrize(
    ("words", "label", "parents", "covered"),
    [
        ((), "anything", (), True),
        (("person",), "person", (), True),
        (("person",), "child", ("person",), True),
        (("person",), "car", ("vehicle",), False),
        (ALL_BUT_CAR, "car", (), False),
        (ALL_BUT_CAR, "person", (), True),
        (ALL_BUT_CAR, "something new", (), True),
        (ALL_BUT_CAR, "car", ("vehicle",), True),
        (ALL_BUT_CAR, "person", ("car",), True),
        (("all-but", "car", "vehicle"), "car", ("vehicle",), False),
    ],
)
def test_words_decide_what_is_covered(
    words: tuple[str, ...], label: str, parents: tuple[str, ...], covered: bool
) -> None:
    """In doubt it is: with all-but a detection stays visible only if all its names are excepted."""
    assert wanted_by(words).covers(found(label, *parents)) is covered


@pytest.mark.parametrize(
    "words", [("all-but",), ("person", "all-but", "car"), ("all-but", "car", "all-but"), ("Car",), ("",)]
)
def test_words_without_a_clear_meaning_are_refused(words: tuple[str, ...]) -> None:
    """all-but comes first, once, with something behind it."""
    with pytest.raises(ValueError, match=r"all-but once|lower case"):
        wanted_by(words)


def street_scene(**fields: Any) -> Any:
    """A person and a car, looked for by one detector each."""
    return seen(looked(0, (SOMEBODY,), **fields), (ELSEWHERE,), label="car")


@pytest.mark.parametrize("still", [False, True])
def test_all_but_a_label_leaves_it_visible_and_covers_the_rest(still: bool) -> None:
    """And the message repeats the words."""
    [out, *_] = play(stage(labels=ALL_BUT_CAR), [street_scene(still=still), END])
    assert darkness(out.message, SOMEBODY) < BLACK
    assert darkness(out.message, ELSEWHERE) > 100
    assert out.message.redaction.labels == ALL_BUT_CAR
    assert [(d.label, d.redacted) for d in out.message.detections] == [("person", True), ("car", False)]


@pytest.mark.parametrize("still", [False, True])
def test_whoever_looked_for_the_excepted_alone_vouches_for_nothing(still: bool) -> None:
    """Nobody looked for people."""
    frame = seen(unlooked(0, (SOMEBODY,), still=still), (ELSEWHERE,), label="car")
    assert reasons(play(stage(labels=ALL_BUT_CAR), [frame, END])) == {0: "label-not-looked-for"}


def test_an_excepted_label_need_not_be_looked_for() -> None:
    """The car's detector was away for one frame, the person's was not."""
    frames_ = [seen(looked(at / 10), label="car") for at in range(12)]
    frames_[5] = looked(0.5)
    assert set(reasons(play(stage(labels=ALL_BUT_CAR), [*frames_, END])).values()) == {None}


def test_a_label_that_a_neighbour_names_must_be_looked_for() -> None:
    """The person's detector was away for one frame: what remains of it is the car's."""
    frames_ = [seen(looked(at / 10), label="car") for at in range(12)]
    frames_[5] = seen(unlooked(0.5), label="car")
    assert reasons(play(stage(labels=ALL_BUT_CAR), [*frames_, END]))[5] == "label-not-looked-for"


def test_tracks_zones_and_parents_leave_only_where_asked_for() -> None:
    """Of what is covered and of what is not."""
    whole = street_scene()
    whole = replace(
        whole, detections=tuple(replace(d, track="7", zones=("door",), parents=("thing",)) for d in whole.detections)
    )
    for keep, left in [(False, (None, (), ())), (True, ("7", ("door",), ("thing",)))]:
        [out, *_] = frames(play(stage(keep_tracks=keep), [whole, END]))
        assert [(d.track, d.zones, d.parents) for d in out.detections] == [left, left]
        assert [d.redacted for d in out.detections] == [True, False]
