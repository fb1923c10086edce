"""The runner under adversity: what is held, refused or taken away is never lost in silence."""

from io import BytesIO

import pytest

from libs.common import codec
from libs.common.bus import Place, Record, Skipped
from libs.common.bus_stream import StreamWriter
from libs.common.dead_letters import DeadLetters
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.messages import Detection, Frame, Message, replace
from libs.common.metrics import Metrics
from libs.common.runner import Runner
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import GROUP, PORCH, SOURCE, Recorder, Rig, ScriptedReader, holder, seqs, turns


def script(runner: Runner) -> ScriptedReader:
    assert isinstance(runner.reader, ScriptedReader)
    return runner.reader


def test_records_polled_before_a_place_came_back_are_not_taken_for_its_next_ones() -> None:
    """Revoked and assigned in one poll: what was held is forgotten, so reading begins at the commit again."""
    rig, stage = Rig(), holder(2)
    rig.put(*(frame(seq=n) for n in range(20)))
    runner = rig.runner(stage)
    runner.turn()
    script(runner).bounced = [PORCH]
    runner.turn()
    stage.act = lambda message: [Out(message)]
    turns(runner, 5)
    assert set(seqs(rig.out())) == set(range(20))


def test_what_is_held_when_retention_overtakes_the_reader_is_a_dead_letter() -> None:
    """The stage forgets it, and nobody reads it again."""
    rig, stage = Rig(), holder(2)
    rig.put(*(frame(seq=n) for n in range(10)))
    runner = rig.runner(stage)
    turns(runner)
    script(runner).skipped = [Skipped(PORCH, 10, 12, "overtaken")]
    turns(runner)
    assert [(letter["reason"], letter["offset"]) for letter in rig.dead()] == [("gap", "2")]
    assert stage.forgotten == ["porch"]
    assert rig.committed("porch") == 10


@pytest.mark.parametrize("how", ["overtaken", "taken away"])
def test_what_waited_for_a_frame_that_is_lost_is_a_dead_letter(how: str) -> None:
    """The stage forgets the camera; the topic of the other half is still ours, and nobody reads it again."""
    rig, stage = Rig(), holder(2)
    rig.put(*(frame(seq=n) for n in range(2)))
    other = frame(boot="00000002", seq=2)
    rig.put(other, topic="events")
    runner = rig.runner(stage, topics=(SOURCE, "events"))
    turns(runner)
    assert stage.holding == [other]
    if how == "overtaken":
        script(runner).skipped = [Skipped(PORCH, 2, 4, "overtaken")]
    else:
        script(runner).bounced = [PORCH]
    turns(runner)
    assert stage.holding == []
    assert [(letter["reason"], letter["topic"], letter["offset"]) for letter in rig.dead()] == [("gap", "events", "0")]


def test_what_is_held_of_two_topics_that_are_both_taken_is_read_again() -> None:
    """By whoever reads them now: it is no dead letter."""
    rig, stage = Rig(), holder(2)
    rig.put(frame(seq=2))
    rig.put(frame(boot="00000002", seq=2), topic="events")
    runner = rig.runner(stage, topics=(SOURCE, "events"))
    turns(runner)
    assert len(stage.holding) == 2
    script(runner).bounced = [PORCH, Place("events", PORCH.partition)]
    turns(runner)
    assert rig.dead() == []
    assert len(stage.holding) == 2


def test_a_message_that_waits_for_long_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """An hour's outage is one line, not one for each try; the next message that waits says so again."""
    rig, stage = Rig(), Recorder()
    rig.put(frame(seq=0), frame(seq=1))

    def away(message: Message) -> list[Out]:
        raise TemporaryError("not read yet", 0.5)

    stage.act = away
    runner = rig.runner(stage)
    turns(runner, 5)
    lines = [record.getMessage() for record in caplog.records if "not read yet" in record.getMessage()]
    assert lines == [f"{SOURCE}/{PORCH.partition}@0: not read yet; again in 0.5 s"]
    assert set(seqs(stage.handled)) == {0}
    assert len(stage.handled) > 1


def test_an_unreadable_record_costs_nothing_but_itself() -> None:
    """What is held and known of its neighbours stays."""
    rig, stage = Rig(), holder(2)
    rig.put(*(frame(seq=n) for n in range(4)))
    runner = rig.runner(stage)
    turns(runner)
    script(runner).skipped = [Skipped(PORCH, 4, 4, "unreadable: crc")]
    turns(runner)
    assert stage.forgotten == []
    assert seqs(stage.holding) == [2]
    (letter,) = rig.dead()
    assert (letter["reason"], letter["offset"], letter["error"]) == (
        "unreadable",
        "4",
        "offsets 4 to 4: unreadable: crc",
    )


def test_only_held_inputs_stay_in_memory() -> None:
    """One held frame does not keep all that follow it."""
    rig, stage = Rig(), holder(0)
    rig.put(*(frame(seq=n) for n in range(40)))
    runner = rig.runner(stage)
    turns(runner, 8)
    assert len(rig.out()) == 39
    assert len(runner.places.progress(PORCH).inputs) == 1
    assert rig.committed("porch") == 0


def test_a_bug_in_tick_is_counted_and_the_service_goes_on() -> None:
    """And so is an error that says: later."""
    rig, errors = Rig(), [ValueError("bug"), TemporaryError("later")]

    def stumble() -> list[Out]:
        if errors:
            raise errors.pop()
        return []

    rig.put(frame())
    turns(rig.runner(Recorder(timer=stumble)))
    assert seqs(rig.out()) == [0]
    assert errors == []


def test_many_bugs_in_tick_stop_the_service() -> None:
    """Nothing that is held would ever leave."""

    def stumble() -> list[Out]:
        raise ValueError("bug")

    with pytest.raises(FatalError, match="20 bugs in a row"):
        turns(Rig().runner(Recorder(timer=stumble)), 30)


@pytest.mark.parametrize("in_tick", [False, True])
def test_what_a_stage_lets_go_of_and_does_not_give_out_is_a_dead_letter(in_tick: bool) -> None:
    """A bug while releasing: the held inputs are neither held nor published any more."""
    rig, stage = Rig(), holder(0)

    def lose() -> list[Out]:
        if stage.holding:
            stage.holding = []
            raise ValueError("bug")
        return []

    rig.put(frame(seq=0))
    runner = rig.runner(stage)
    turns(runner)
    if in_tick:
        stage.timer = lose
    else:
        stage.act = lambda message: lose()
    rig.put(frame(seq=1))
    turns(runner)
    assert {(letter["reason"], letter["offset"]) for letter in rig.dead()} >= {("bug", "0")}
    assert rig.committed("porch") == 2


def test_an_output_that_cannot_be_encoded_is_a_bug_of_its_input_alone() -> None:
    """Other outputs of the same call are published."""
    rig, stage = Rig(), Recorder()
    wrong = Detection(label="person", confidence=object(), box=(0, 0, 1, 1))  # type: ignore[arg-type]

    def spoil(message: Message) -> list[Out]:
        if isinstance(message, Frame) and message.seq == 1:
            return [Out(replace(message, detections=(wrong,))), Out(message)]
        return [Out(message)]

    stage.act = spoil
    rig.put(*(frame(seq=n) for n in range(3)))
    turns(rig.runner(stage))
    assert seqs(rig.out()) == [0, 1, 2]
    assert [(letter["reason"], letter["offset"]) for letter in rig.dead()] == [("bug", "1")]


def test_the_number_of_partitions_is_asked_once() -> None:
    """Nothing can stop a publication half-way afterwards."""
    rig, stage = Rig(), Recorder()
    rig.put(frame(seq=0))
    runner = rig.runner(stage)
    turns(runner)

    def away(topic: str) -> int:
        raise TemporaryError("the broker is away")

    assert runner.publisher is not None
    runner.publisher.writer.partitions = away  # type: ignore[method-assign]
    rig.put(frame(seq=1), frame(seq=2))
    turns(runner)
    assert seqs(stage.handled) == [0, 1, 2]
    assert seqs(rig.out()) == [0, 1, 2]


def test_a_record_with_a_key_that_is_too_large_becomes_a_dead_letter() -> None:
    """Its hash is kept, without the key."""
    rig = Rig()
    rig.put_bytes("porch", codec.encode(frame()), key=b"k" * (5 << 20))
    rig.put(frame(seq=1))
    turns(rig.runner(Recorder()))
    assert [letter["reason"] for letter in rig.dead()] == ["wrong-key"]
    assert "sha256" in rig.dead()[0]
    assert seqs(rig.out()) == [1]


def test_no_dead_letter_is_written_to_a_stream() -> None:
    """A raw picture would stand among the covered ones."""
    out = BytesIO()
    letters = DeadLetters(StreamWriter(out), GROUP, "redactor", Metrics())
    with pytest.raises(FatalError, match="the output is a stream"):
        letters.write(Record(PORCH, 0, None, b"raw"), PermanentError("no"))
    assert out.getvalue() == b""
