"""Wall clocks that jump, by hours or by a little: of the camera's machine, of the reader's, of the broker's."""

from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from libs.common.messages import Frame, Message
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shot
from services.redactor.policy import Policy
from tests.common.runner_rig import PORCH, Recorder, Rig, seqs, turns
from tests.producer.scripted import FakeWait, Openings, image, pictured
from tests.redactor.scenes import frames, looked, play, reasons, stage

STEPS_S = [-7200.0, -2.5, 2.5, 7200.0]


def stepped(step_s: float) -> list[Message]:
    """What a live camera sends while the clock of its machine jumps: two frames before it, and three after it."""
    wait = FakeWait(FakeClock())

    def step() -> None:
        wait.clock.wall_ns += round(step_s * 1e9)

    def later() -> None:
        wait.clock.advance(0.1)

    script = [0.0, later, 0.1, later, step, 0.2, later, 0.3, later, 0.4]
    plan = Plan(url="rtsp://camera/1", camera="porch")
    return list(islice(pictured(produce(plan, wait.clock, wait, opener=Openings(wait, script))), 6))


@pytest.mark.parametrize("step_s", STEPS_S)
def test_what_a_camera_sends_around_a_jump_is_all_handled(step_s: float) -> None:
    """A new boot, so nothing of it is a repeat, however low its times are."""
    rig, recorder = Rig(), Recorder()
    sent = stepped(step_s)
    rig.put(*sent)
    turns(rig.runner(recorder))
    assert seqs(recorder.handled) == [0, 1, 0, 1, 2]
    assert len({message.boot for message in sent if isinstance(message, Frame)}) == 2
    assert rig.committed("porch") == len(sent)


@pytest.mark.parametrize("step_s", STEPS_S)
@pytest.mark.parametrize("whose", ["its clock", "its stream's time"])
def test_a_camera_whose_own_times_jump_sends_on_in_one_boot(step_s: float, whose: str) -> None:
    """Times of ours rise by what passed here, up to a delay that can be believed; each frame is handled."""
    wait = FakeWait(FakeClock())
    began_ns = wait.clock.wall_ns

    def shots() -> Iterator[object]:
        for number in range(60):
            stepped_s = step_s if number >= 30 else 0.0
            told_s = number / 10 - 0.05 + (stepped_s if whose == "its clock" else 0)
            jumped = number == 30 and whose == "its stream's time"
            yield Shot(number / 10, image(), began_ns + round(told_s * 1e9), jumped)
            wait.clock.advance(0.1)

    plan = Plan(url="rtsp://camera/1", camera="porch")
    messages = produce(plan, wait.clock, wait, opener=Openings(wait, shots()))
    sent = [message for message in messages if isinstance(message, Frame)]
    assert [frame.seq for frame in sent] == list(range(60))
    assert len({frame.boot for frame in sent}) == 1
    late_s = [number / 10 - (frame.captured_at - began_ns) / 1e9 for number, frame in enumerate(sent)]
    assert all(-1e-6 < each < 2.6 for each in late_s)
    assert late_s[:30] == pytest.approx([0.05] * 30, abs=1e-6)
    assert all(0.08 < (later.captured_at - frame.captured_at) / 1e9 < 0.16 for frame, later in pairwise(sent))
    rig, recorder = Rig(), Recorder()
    rig.put(*sent)
    turns(rig.runner(recorder), len(sent))
    assert seqs(recorder.handled) == list(range(60))


@pytest.mark.parametrize("step_s", STEPS_S)
def test_latest_takes_the_newest_frame_on_the_bus_whatever_its_time(step_s: float) -> None:
    """What came last is newest, though its camera's clock went back."""
    rig, recorder = Rig(), Recorder()
    sent = stepped(step_s)
    rig.put(*sent)
    turns(rig.runner(recorder, mode="latest", from_ms=1))
    assert recorder.handled[-1] == sent[-1]


@pytest.mark.parametrize("step_s", STEPS_S)
def test_commits_go_on_when_the_readers_clock_jumps(step_s: float) -> None:
    """They are due by seconds that pass, not by the time of day."""
    rig = Rig()
    runner = rig.runner(Recorder())
    for number in range(3):
        rig.put(looked(number / 10))
        turns(runner, 1)
        assert rig.committed("porch") == number + 1
        rig.clock.wall_ns += round(step_s * 1e9)


@pytest.mark.parametrize(("ahead_s", "handled"), [(-7200, [0]), (-2.5, [0]), (2.5, [0]), (7200, [])])
def test_max_age_trusts_the_readers_clock_and_counts_what_it_leaves_out(ahead_s: float, handled: list[int]) -> None:
    """A reader ahead of the broker by more than the age leaves everything out; one behind it nothing."""
    rig, recorder = Rig(), Recorder()
    runner = rig.runner(recorder, max_age_s=60)
    rig.put(looked(0))
    rig.clock.wall_ns += round(ahead_s * 1e9)
    turns(runner)
    assert seqs(recorder.handled) == handled
    assert runner.metrics.values().get("framebus_skipped_total{old}", 0) == 1 - len(handled)
    assert rig.bus.commits[("group", PORCH)].offset == 1


@pytest.mark.parametrize("step_s", STEPS_S)
def test_the_redactor_waits_by_seconds_that_pass(step_s: float) -> None:
    """A jump of the wall clock neither releases a held frame nor keeps it."""
    clock = FakeClock()
    redact = stage(clock)
    assert play(redact, [looked(0)]) == []
    clock.wall_ns += round(step_s * 1e9)
    clock.advance(Policy().max_hold_s - 1)
    assert redact.tick() == []
    clock.advance(1)
    assert reasons(redact.tick()) == {0: "late"}


@pytest.mark.parametrize("step_s", STEPS_S)
def test_a_frame_of_the_same_boot_that_jumps_in_time_is_never_shown_uncovered(step_s: float) -> None:
    """Foreign cameras may let a boot go on through a jump: it is a gap, and what lies beside it leaves black."""
    before, after = [looked(n / 10) for n in range(20)], [looked(2 + step_s + n / 10, seq=20 + n) for n in range(20)]
    outs = play(stage(), [*before, *after])
    shown = {seq for seq, reason in reasons(outs).items() if reason is None}
    assert shown.isdisjoint(range(15, 25))
    assert len(frames(outs)) > 20
