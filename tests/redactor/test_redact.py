"""What leaves and what does not, and why: one row per reason."""

import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.messages import Frame, replace
from tests.redactor.scenes import (
    BLACK,
    END,
    SOMEBODY,
    darkness,
    frames,
    looked,
    play,
    reasons,
    scene,
    seen,
    stage,
    street,
    unlooked,
)

ELSEWHERE = (0.8, 0.1, 0.9, 0.2)
HALF = {"hold_s": 0.5, "lookahead_s": 0.5}
"""Seconds shorter than the default, so that a test can be shorter too."""


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    """The same picture with an EXIF segment."""
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0"
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]


def damaged(jpeg: bytes) -> bytes:
    """The same picture with its last third of coded data gone; the header is whole."""
    return jpeg[: len(jpeg) * 2 // 3] + b"\xff\xd9"


def test_a_looked_frame_leaves_with_the_person_covered() -> None:
    """The plain case: black where somebody is, the rest as it was."""
    [out, _end] = play(stage(), [looked(0, (SOMEBODY,)), END])
    assert darkness(out.message, SOMEBODY) < BLACK
    assert darkness(out.message, ELSEWHERE) > 100
    assert out.message.redaction.withheld is False


BASE = looked(0, (SOMEBODY,))
PLAIN = unlooked(0, (SOMEBODY,))
FAULTS = {
    "nobody looked": (PLAIN, "not-looked"),
    "verdicts empty": (replace(PLAIN, verdicts=()), "not-looked"),
    "verdict without labels": (replace(BASE, verdicts=(replace(BASE.verdicts[0], labels=()),)), "not-looked"),
    "another label": (seen(PLAIN, label="moving"), "label-not-looked-for"),
    "verdict for other bytes": (seen(PLAIN, (SOMEBODY,), crc_error=1), "mismatch"),
    "another width": (replace(BASE, width=159), "mismatch"),
    "another height": (replace(BASE, height=240), "mismatch"),
    "not upright": (seen(replace(PLAIN, image=with_exif(PLAIN.image, 6)), (SOMEBODY,)), "mismatch"),
    "damaged": (seen(replace(PLAIN, image=damaged(PLAIN.image)), (SOMEBODY,)), "error"),
    "carried without neighbours": (looked(0, (SOMEBODY,), how="carried"), "gap"),
    "late in its boot": (looked(3, (SOMEBODY,)), "start"),
    "carried still": (looked(0, (SOMEBODY,), how="carried", still=True), "not-looked"),
    "redacted before": (next(iter(frames(play(stage(), [BASE, END])))), "mismatch"),
}


@pytest.mark.parametrize(("frame", "reason"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("labels", [("person",), ()], ids=["words", "no words"])
def test_a_frame_that_is_not_shown_to_be_safe_is_withheld_and_says_why(
    frame: Frame, reason: str, labels: tuple[str, ...]
) -> None:
    """Each fault alone; without words `moving` is as good a label as any."""
    [out, _end] = play(stage(labels=labels), [frame, END])
    if reason == "label-not-looked-for" and not labels:
        assert reasons([out]) == {0: None}
        return
    assert out.message.redaction.reason == reason
    assert out.message.redaction.withheld is True
    assert images.decode(out.message.image).max() < BLACK
    assert (out.message.detections, out.message.redaction.boxes) == ((), ())


def test_two_detectors_vouch_together_for_two_words() -> None:
    """A verdict is per label."""
    both = seen(seen(PLAIN, (SOMEBODY,), label="person"), (ELSEWHERE,), label="face")
    [out, _end] = play(stage(labels=("person", "face")), [both, END])
    assert out.message.redaction.withheld is False
    assert darkness(out.message, SOMEBODY) < BLACK
    assert darkness(out.message, ELSEWHERE) < BLACK


def test_one_of_two_words_not_looked_for_withholds() -> None:
    """`person` was looked for, `face` was not."""
    assert reasons(play(stage(labels=("person", "face")), [BASE, END])) == {0: "label-not-looked-for"}


def test_without_words_a_label_that_a_neighbour_names_is_wanted_too() -> None:
    """The second detector failed for one frame: nobody knows what it would have found there."""
    whole = [seen(looked(at / 10), label="face") for at in range(12)]
    whole[5] = looked(0.5)
    assert reasons(play(stage(labels=()), [*whole, END]))[5] == "label-not-looked-for"


def test_a_label_that_is_not_wanted_stays_visible() -> None:
    """Cars are no people."""
    [out, _end] = play(stage(), [seen(BASE, (ELSEWHERE,), label="car"), END])
    assert darkness(out.message, ELSEWHERE) > 100
    assert [(d.label, d.redacted) for d in out.message.detections] == [("person", True), ("car", False)]


def test_a_parents_name_is_wanted_too() -> None:
    """`person` covers a `child` whose parent is `person`."""
    found = tuple(replace(d, label="child", parents=("person",)) for d in BASE.detections)
    [out, _end] = play(stage(), [replace(BASE, detections=found), END])
    assert darkness(out.message, SOMEBODY) < BLACK


def test_a_person_is_covered_before_and_after_the_detector_saw_them() -> None:
    """Hold and look-ahead of one second around one detection at 1.5 s."""
    outs = frames(play(stage(), [*street(31, f15=(SOMEBODY,)), END]))
    dark = [frame.seq for frame in outs if darkness(frame, SOMEBODY) < BLACK]
    assert dark == list(range(5, 26))


def test_carried_frames_leave_between_two_full_ones_covered_by_what_both_saw() -> None:
    """Somebody was seen on the left before, on the right after."""
    left, right = (0.1, 0.5, 0.2, 0.9), (0.7, 0.5, 0.8, 0.9)
    carried = [looked(at / 10, how="carried") for at in range(1, 9)]
    outs = frames(play(stage(hold_s=0, lookahead_s=0), [looked(0, (left,)), *carried, looked(0.9, (right,)), END]))
    assert len(outs) == 10
    assert not any(frame.redaction.withheld for frame in outs)
    assert all(darkness(frame, box) < BLACK for frame in outs[1:9] for box in (left, right))


def test_carried_frames_too_far_from_a_full_one_are_withheld() -> None:
    """1.2 s lie between the two full ones, one second is allowed."""
    carried = [looked(at / 10, how="carried") for at in range(1, 12)]
    outs = play(stage(hold_s=0, lookahead_s=0), [looked(0), *carried, looked(1.2), END])
    assert reasons(outs) == {0: None, **dict.fromkeys(range(1, 12), "gap"), 12: None}


def test_carried_frames_after_the_last_full_one_of_a_boot_are_withheld() -> None:
    """Nothing after them vouches for them."""
    outs = play(stage(), [*street(3), looked(0.3, how="carried"), END])
    assert reasons(outs) == {0: None, 1: None, 2: None, 3: "gap"}


def test_a_fifth_of_the_verdicts_missing_withholds_only_those_frames() -> None:
    """Their neighbours rely on looked frames that are close enough."""
    messages = [unlooked(at / 10) if at % 5 == 3 else looked(at / 10) for at in range(30)]
    assert reasons(play(stage(), [*messages, END])) == {at: "not-looked" if at % 5 == 3 else None for at in range(30)}


def test_a_detector_away_for_longer_than_the_gap_withholds_around_it_too() -> None:
    """Before: nobody knows who was about to come. After: nobody knows who was there a moment ago."""
    messages = [unlooked(at / 10) if 20 < at < 35 else looked(at / 10) for at in range(60)]
    found = reasons(play(stage(**HALF), [*messages, END]))
    assert [seq for seq, reason in found.items() if reason == "gap"] == [*range(16, 21), *range(35, 40)]
    assert [seq for seq, reason in found.items() if reason is None] == [*range(16), *range(40, 60)]


def test_missing_frames_withhold_around_the_gap() -> None:
    """The same where the frames themselves are missing."""
    messages = [looked(at / 10) for at in range(60) if not 20 < at < 35]
    found = reasons(play(stage(**HALF), [*messages, END]))
    assert [seq for seq, reason in found.items() if reason == "gap"] == [*range(16, 21), *range(35, 40)]


def test_a_boot_that_did_not_begin_here_is_withheld_for_the_hold_time() -> None:
    """Somebody may have been seen just before."""
    found = reasons(play(stage(**HALF), [looked(at / 10) for at in range(50, 70)] + [END]))
    assert [seq for seq, reason in found.items() if reason] == [50, 51, 52, 53, 54]
    assert set(found.values()) == {"start", None}


def test_history_makes_up_for_a_start_in_mid_boot() -> None:
    """What was remembered is held on to, and nothing is published for it."""
    redact = stage(**HALF)
    for at in range(40, 50):
        redact.remember(looked(at / 10, (SOMEBODY,) if at == 49 else ()))
    outs = play(redact, [looked(at / 10) for at in range(50, 70)] + [END])
    assert set(reasons(outs).values()) == {None}
    assert [frame.seq for frame in frames(outs) if darkness(frame, SOMEBODY) < BLACK] == [50, 51, 52, 53, 54]


def test_history_that_ends_with_its_boot_vouches_for_nothing() -> None:
    """Frames after their boot's End are as good as a late start."""
    redact = stage()
    for message in [looked(4.9), END]:
        redact.remember(message)
    assert reasons(play(redact, [looked(5.0), END])) == {50: "start"}


def test_a_change_of_size_inside_a_boot_withholds_around_it() -> None:
    """Nobody knows how the old boxes lie in the new picture."""
    small = images.encode(scene((), 96, 64))
    messages = [looked(at / 10) for at in range(20)]
    messages += [seen(unlooked(at / 10, image=small, width=96, height=64)) for at in range(20, 40)]
    found = reasons(play(stage(**HALF), [*messages, END]))
    assert [seq for seq, reason in found.items() if reason == "mismatch"] == list(range(15, 25))
    assert all(reason is None for seq, reason in found.items() if not 15 <= seq < 25)


def test_a_step_back_in_time_withholds_around_it() -> None:
    """The order of a boot is broken: what lies between is not known."""
    messages = [looked(at / 10) for at in range(20)] + [looked(at / 10 - 0.35, seq=at) for at in range(20, 40)]
    found = reasons(play(stage(**HALF), [*messages, END]))
    assert [seq for seq, reason in found.items() if reason == "gap"] == list(range(15, 26))


def test_swapped_frames_cannot_lose_a_person_between_them() -> None:
    """Only the earlier frame saw somebody, and it came too early: no frame near in time shows them."""
    messages = street(30, f13=(SOMEBODY,))
    messages[12], messages[13] = messages[13], messages[12]
    outs = frames(play(stage(**HALF), [*messages, END]))
    assert all(f.redaction.withheld or darkness(f, SOMEBODY) < BLACK for f in outs if 8 <= f.seq <= 18)


def test_frames_whose_verdict_is_refused_still_lend_their_boxes() -> None:
    """Somebody seen in other bytes is somebody seen."""
    messages = street(20)
    messages[10] = seen(unlooked(1.0, (SOMEBODY,)), (SOMEBODY,), crc_error=7)
    outs = frames(play(stage(**HALF), [*messages, END]))
    assert reasons(play(stage(**HALF), [*messages, END]))[10] == "mismatch"
    assert all(darkness(frame, SOMEBODY) < BLACK for frame in outs[5:16])


def test_frames_that_cannot_be_read_at_all_still_lend_their_boxes() -> None:
    """The frame itself goes to the dead letters."""
    redact, outs = stage(**HALF), []
    for frame in street(20):
        if frame.seq != 10:
            outs += redact.handle(frame)
            continue
        with pytest.raises(PermanentError):
            redact.handle(replace(looked(1.0, (SOMEBODY,)), image=b"no picture"))
    outs += redact.handle(END)
    assert [f.seq for f in frames(outs) if darkness(f, SOMEBODY) < BLACK] == [5, 6, 7, 8, 9, 11, 12, 13, 14, 15]
