"""When frames leave, in which order, what is held and forgotten."""

import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.messages import End, Status, replace
from libs.common.testing import FakeClock
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


def test_a_frame_waits_for_its_look_ahead_and_no_longer() -> None:
    """The frame of 0.0 s leaves when that of 1.0 s arrives."""
    redact = stage()
    assert [len(redact.handle(frame)) for frame in street(12)] == [0] * 10 + [1, 1]
    assert [frame.seq for frame in redact.held()] == list(range(2, 12))


def test_without_look_ahead_a_looked_frame_leaves_at_once() -> None:
    """For the impatient."""
    redact = stage(lookahead_s=0)
    assert [len(redact.handle(frame)) for frame in street(4)] == [1, 1, 1, 1]


def test_an_end_releases_everything_in_order_and_goes_on_itself() -> None:
    """Nothing waits for frames that will not come."""
    redact = stage()
    outs = play(redact, [*street(4), END])
    assert [getattr(out.message, "seq", "end") for out in outs] == [0, 1, 2, 3, "end"]
    assert list(redact.held()) == []


def test_another_boot_releases_the_old_one_first() -> None:
    """The source was opened anew without saying goodbye."""
    redact = stage()
    outs = play(redact, [*street(3), looked(9, seq=0, boot="0000000b")])
    assert [(out.message.boot, out.message.seq) for out in outs] == [("0000000a", seq) for seq in range(3)]
    assert [frame.boot for frame in redact.held()] == ["0000000b"]


def test_the_end_of_another_boot_releases_nothing() -> None:
    """A late goodbye goes on, and that is all."""
    redact = stage()
    outs = play(redact, [*street(3), replace(END, boot="0000000f")])
    assert [type(out.message) for out in outs] == [End]
    assert len(redact.held()) == 3


def test_what_nothing_releases_leaves_withheld_in_time() -> None:
    """The camera stalled without an End."""
    clock = FakeClock()
    redact = stage(clock)
    play(redact, street(3))
    clock.advance(29.9)
    assert redact.tick() == []
    clock.advance(0.2)
    assert reasons(redact.tick()) == {0: "late", 1: "late", 2: "late"}


def test_above_the_cap_the_oldest_frame_of_all_cameras_leaves_withheld() -> None:
    """Memory is bounded in bytes."""
    clock = FakeClock()
    one = len(looked(0).image) + 1000
    redact = stage(clock, max_held_bytes=3 * one + 200)
    play(redact, [looked(0, camera="yard")])
    clock.advance(1)
    play(redact, [looked(0), looked(0.1)])
    [out] = redact.handle(looked(0.2))
    assert (out.message.camera, out.message.redaction.reason) == ("yard", "late")


def test_a_still_of_its_own_boot_leaves_at_once() -> None:
    """It stands alone, and does not end the boot that is running."""
    redact = stage()
    play(redact, street(3))
    [out] = redact.handle(looked(0.2, (SOMEBODY,), boot="0000000f", seq=0, still=True))
    assert darkness(out.message, SOMEBODY) < BLACK
    assert out.message.still is True
    assert len(redact.held()) == 3


def test_a_still_within_the_stream_keeps_its_place() -> None:
    """Overtaking would make the frames before it repeats. It has no hold: its own verdict decides."""
    messages = street(12, f4=(SOMEBODY,))
    messages[5] = replace(messages[5], still=True)
    outs = frames(play(stage(), [*messages, END]))
    assert [frame.seq for frame in outs] == list(range(12))
    assert darkness(outs[5], SOMEBODY) > 100
    assert darkness(outs[6], SOMEBODY) < BLACK


def test_a_still_of_another_size_does_not_disturb_the_stream() -> None:
    """A snapshot of the main stream within the sub-stream."""
    big = seen(unlooked(0.5, image=images.encode(scene((), 320, 240)), width=320, height=240, still=True))
    messages = street(12)
    messages[5] = big
    assert set(reasons(play(stage(), [*messages, END])).values()) == {None}


def test_every_output_names_the_input_it_was_made_from() -> None:
    """The runner commits by that, and never past what is held."""
    messages = street(8)
    outs = play(stage(), [*messages, END])
    assert [out.cause for out in outs[:-1]] == messages


def test_a_forgotten_camera_starts_anew_and_silently() -> None:
    """Its partition went to another member."""
    redact = stage()
    play(redact, street(3))
    redact.forget("porch")
    assert list(redact.held()) == []
    assert reasons(play(redact, [looked(0.3), END])) == {3: "start"}


def test_cameras_do_not_disturb_each_other() -> None:
    """Each has its own lane."""
    redact = stage()
    for frame in street(11):
        redact.handle(replace(frame, camera="yard"))
    outs = play(redact, street(11))
    assert [(out.message.camera, out.message.seq) for out in outs] == [("porch", 0)]


def test_cameras_long_gone_are_forgotten() -> None:
    """Nobody's memory grows with the names ever seen."""
    clock = FakeClock()
    redact = stage(clock)
    play(redact, [*street(2), END])
    clock.advance(601)
    redact.tick()
    assert redact._lanes == {}


def test_an_unreadable_picture_is_refused_and_nothing_held_is_touched() -> None:
    """It goes to the dead letters, which are raw like the input."""
    redact = stage()
    play(redact, street(3))
    with pytest.raises(PermanentError, match="JPEG"):
        redact.handle(replace(looked(0.3, boot="0000000b"), image=b"\xff\xd8 nothing"))
    assert [frame.seq for frame in redact.held()] == [0, 1, 2]


def test_a_message_that_is_no_frame_is_refused() -> None:
    """A redactor passes on nothing that it does not know."""
    with pytest.raises(PermanentError, match="status"):
        stage().handle(Status(camera="porch", state="up", since=0))


@pytest.mark.parametrize("wrong", [{"margin": -0.1}, {"hold_s": float("nan")}, {"labels": ("Person",)}])
def test_a_policy_that_would_weaken_the_cover_is_refused(wrong: dict[str, object]) -> None:
    """A negative margin shrinks, a capital letter never matches."""
    with pytest.raises(ValueError, match="must be"):
        stage(**wrong)
