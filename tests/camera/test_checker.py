"""Each kind of fault is planted and found; a clean run is clean."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace as changed

import pytest

from libs.common import images
from libs.common.messages import End, Frame, Redaction, replace
from tests.camera.checker import Found, Report, check
from tests.camera.clip import frame_of
from tests.camera.people import Image, uncovered
from tests.camera.scene import Scene
from tests.camera.strip import Stamp, camera_name

SCENE = Scene(seed=1, width=320, height=192)
BOOTS = (0xA, 0xB)
SEQS = range(5)


def bare(seq: int, image: Image) -> list[int]:
    return uncovered(image, SCENE.people(seq))


def picture(stamp: Stamp, covered: bool = True) -> bytes:
    """The scene with everybody black."""
    image = SCENE.image(stamp.seq, stamp)
    for person in SCENE.people(stamp.seq) if covered else ():
        left, top, right, bottom = (max(0, edge) for edge in person.box)
        image[top:bottom, left:right] = 0
    return images.encode(image)


def redacted(camera: int, boot: int, seq: int) -> Found:
    """A frame of the scene as it should be at a sink, a second after it was captured."""
    stamp = Stamp(camera, boot, seq)
    frame = replace(
        frame_of(SCENE, stamp),
        image=picture(stamp),
        redaction=Redaction(policy="test", labels=("person",), boxes=(), withheld=False),
    )
    return Found(frame, frame.captured_at // 1_000_000 + 1000)


def clean() -> list[Found]:
    """Two cameras, two boots, each with its end."""
    found = []
    for boot in BOOTS:
        found += [redacted(camera, boot, seq) for seq in SEQS for camera in (0, 1)]
        ends = [End(camera=camera_name(camera), boot=f"{boot:08x}", last_seq=SEQS[-1]) for camera in (0, 1)]
        found += [Found(end) for end in ends]
    return found


def ids(found: list[Found]) -> list[str]:
    return [each.message.frame_id for each in found if isinstance(each.message, Frame)]


def with_frame(found: Found, **fields: object) -> Found:
    assert isinstance(found.message, Frame)
    return changed(found, message=replace(found.message, **fields))


def test_a_clean_run_is_clean() -> None:
    """Every list is empty."""
    report = check(ids(clean()), clean(), bare, late_s=2)
    assert report == Report(acknowledged=20, arrived=20)
    assert str(report) == (
        "20 acknowledged, 20 arrived: 0 lost, 0 doubled, 0 reordered, 0 uncovered, 0 late, 0 foreign, 0 withheld"
    )


FAULTS = ("lost", "doubled", "reordered", "uncovered", "late", "foreign", "withheld")
Plant = Callable[[list[Found]], list[Found]]


def left_out(found: list[Found]) -> list[Found]:
    return found[:3] + found[4:]


def once_more(found: list[Found]) -> list[Found]:
    return [*found[:8], found[3], *found[8:]]


def exchanged(found: list[Found]) -> list[Found]:
    """A frame of a camera and the next one of it."""
    return [*found[:1], found[3], found[2], found[1], *found[4:]]


def after_the_next_boot(found: list[Found]) -> list[Found]:
    return [*found[:3], *found[4:16], found[3], *found[16:]]


def delayed(found: list[Found]) -> list[Found]:
    return [*found[:3], changed(found[3], at_ms=found[3].at_ms + 60_000), *found[4:]]


def swapped(found: list[Found]) -> list[Found]:
    """The picture of the other camera's frame."""
    other = found[2].message
    assert isinstance(other, Frame)
    return [*found[:3], with_frame(found[3], image=other.image), *found[4:]]


def without_a_strip(found: list[Found]) -> list[Found]:
    return [*found[:3], with_frame(found[3], image=images.black(320, 192)), *found[4:]]


@pytest.mark.parametrize(
    ("fault", "plant"),
    [
        ("lost", left_out),
        ("doubled", once_more),
        ("reordered", exchanged),
        ("reordered", after_the_next_boot),
        ("late", delayed),
        ("foreign", swapped),
        ("foreign", without_a_strip),
    ],
)
def test_a_planted_fault_is_found_and_no_other(fault: str, plant: Plant) -> None:
    """By the frame's id."""
    report = check(ids(clean()), plant(clean()), bare, late_s=2)
    planted = ids(clean())[3 if plant is not exchanged else 1]
    assert getattr(report, fault) == [planted]
    assert {name for name in FAULTS if getattr(report, name)} == {fault}


@pytest.mark.parametrize("at", [3, 10])
def test_who_is_uncovered_in_any_copy_is_found(at: int) -> None:
    """Though the first one wins: the second one lies on the topic too."""
    found = clean()
    shown = with_frame(found[3], image=picture(Stamp(1, BOOTS[0], 1), covered=False))
    report = check(ids(found), [*found[:at], shown, *found[at:]], bare)
    assert report.uncovered == [f"{ids(found)[3]} {person.id}" for person in SCENE.people(1) if person.visible > 0]
    assert report.uncovered
    assert report.doubled == [ids(found)[3]]


def test_withheld_frames_are_counted_by_reason_and_not_foreign() -> None:
    """They show nothing, no strip either."""
    found = clean()
    for at, reason in ((1, "start"), (2, "start"), (4, "gap")):
        redaction = Redaction(policy="test", labels=("person",), boxes=(), withheld=True, reason=reason)
        found[at] = with_frame(found[at], image=images.black(320, 192), redaction=redaction)
    report = check(ids(found), found, bare)
    assert report == Report(acknowledged=20, arrived=20, withheld=Counter(start=2, gap=1))
    assert str(report).endswith("0 foreign, 3 withheld (gap 1, start 2)")


def test_a_withheld_frame_that_shows_somebody_is_found() -> None:
    """The word is not enough, the pixels count."""
    found = clean()
    redaction = Redaction(policy="test", labels=("person",), boxes=(), withheld=True, reason="gap")
    shown = picture(Stamp(1, BOOTS[0], 1), covered=False)
    found[3] = with_frame(found[3], image=shown, redaction=redaction)
    assert check(ids(found), found, bare).uncovered


def test_a_frame_that_was_never_acknowledged_may_come_or_not() -> None:
    """Nobody was told that it would."""
    found = clean()
    assert check(ids(found)[1:], found, bare).lost == []
    assert check(ids(found)[1:], found[1:], bare).lost == []
