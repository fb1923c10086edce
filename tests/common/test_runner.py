"""The runner: what happens to each message, on a bus in memory."""

import pytest

from libs.common import codec
from libs.common.bus import partition_of
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.messages import End, Frame, Message
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import OUTPUT, SOURCE, Recorder, Rig, seqs, turns


def test_every_message_is_handled_published_and_committed() -> None:
    """The plain way of ten frames and an end."""
    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(10)), End(camera="porch", boot="00000001", last_seq=9))
    turns(rig.runner(Recorder()))
    assert seqs(rig.out()) == list(range(10))
    assert isinstance(rig.out()[-1], End)
    assert rig.committed("porch") == 11


def test_a_published_frame_carries_the_hop_of_its_service() -> None:
    """Latency per hop is measured from it."""
    rig = Rig()
    rig.put(frame())
    turns(rig.runner(Recorder()))
    (out,) = rig.out()
    assert isinstance(out, Frame)
    assert [(hop.service, hop.instance) for hop in out.hops] == [("detector", "test")]


def test_progress_never_passes_a_held_input() -> None:
    """What a stage keeps for later is read again after a crash."""
    rig, stage = Rig(), Recorder(act=lambda message: [])
    rig.put(*(frame(seq=n) for n in range(5)))
    runner = rig.runner(stage)
    turns(runner)
    stage.holding = [stage.handled[2], stage.handled[4]]
    assert rig.committed("porch") == 5
    rig.put(frame(seq=5))
    fresh = Rig(bus=rig.bus, clock=rig.clock)
    again = Recorder(act=lambda message: again.holding.append(message) or [])  # type: ignore[func-returns-value]
    turns(fresh.runner(again))
    assert fresh.committed("porch") == 5


def test_a_released_output_belongs_to_the_input_that_caused_it() -> None:
    """If the bus refuses it, that input is dead-lettered, not the one that released it."""
    rig = Rig()
    stage = Recorder()

    def hold_one(message: Message) -> list[Out]:
        if message is stage.handled[0]:
            stage.holding = [message]
            return []
        stage.holding = []
        return [Out(stage.handled[0], cause=stage.handled[0]), Out(message)]

    stage.act = hold_one
    rig.put(frame(seq=0), frame(seq=1))
    rig.bus.fail = [True]
    turns(rig.runner(stage))
    assert [letter["offset"] for letter in rig.dead()] == ["0"]
    assert seqs(rig.out()) == [1]


@pytest.mark.parametrize("value", [None, b"", b"\xc1", b"\x90", b"x" * 1000])
def test_what_is_no_message_becomes_a_dead_letter_and_the_next_goes_on(value: bytes | None) -> None:
    """Poison costs one record."""
    rig = Rig()
    rig.put(frame(seq=0))
    rig.put_bytes("porch", value)
    rig.put(frame(seq=1))
    turns(rig.runner(Recorder()))
    assert seqs(rig.out()) == [0, 1]
    assert [(letter["reason"], letter["offset"], letter["group"]) for letter in rig.dead()] == [
        ("bad-message", "1", "group")
    ]
    assert rig.committed("porch") == 3


def test_a_message_under_another_cameras_key_is_refused() -> None:
    """It would live in the wrong partition."""
    rig = Rig()
    rig.put_bytes("porch", codec.encode(frame()), key=b"garden")
    turns(rig.runner(Recorder()))
    assert [letter["reason"] for letter in rig.dead()] == ["wrong-key"]


def test_a_permanent_error_is_a_dead_letter_with_its_reason() -> None:
    """The stage says which; the value is kept."""
    rig = Rig()

    def refuse(message: Message) -> list[Out]:
        raise PermanentError("no picture in rtsp://me:secret@cam/1", "bad-picture")

    rig.put(frame())
    turns(rig.runner(Recorder(act=refuse)))
    (letter,) = rig.dead()
    assert letter["reason"] == "bad-picture"
    assert "secret" not in letter["error"]
    assert rig.bus.values(SOURCE + ".dead") == [codec.encode(frame())]


def test_a_bug_costs_one_message_and_many_in_a_row_stop_the_service() -> None:
    """An exception that is not ours."""
    rig = Rig()

    def stumble(message: Message) -> list[Out]:
        raise ValueError("bug")

    rig.put(*(frame(seq=n) for n in range(30)))
    runner = rig.runner(Recorder(act=stumble))
    with pytest.raises(FatalError, match="20 bugs in a row"):
        turns(runner, 5)
    assert {letter["reason"] for letter in rig.dead()} == {"bug"}
    assert len(rig.dead()) == 19


def test_a_temporary_error_pauses_its_partition_and_the_same_message_comes_again() -> None:
    """Other cameras go on meanwhile."""
    rig, failures = Rig(), [True, True]

    def fail_twice(message: Message) -> list[Out]:
        if isinstance(message, Frame) and message.camera == "porch" and failures and failures.pop():
            raise TemporaryError("the model is loading", delay_s=5)
        return [Out(message)]

    assert partition_of("porch", 6) != partition_of("garden", 6)
    rig.put(frame(seq=0), frame(seq=1), frame("garden", seq=0))
    runner = rig.runner(Recorder(act=fail_twice))
    turns(runner, 2)
    assert {out.camera for out in rig.out() if isinstance(out, Frame)} == {"garden"}
    turns(runner, 12)
    assert seqs([out for out in rig.out() if isinstance(out, Frame) and out.camera == "porch"]) == [0, 1]
    assert rig.dead() == []


def test_a_dead_letter_that_cannot_be_written_stops_the_service() -> None:
    """Never skip silently."""
    rig = Rig()
    rig.put_bytes("porch", b"\xc1")
    rig.bus.fail = [True]
    with pytest.raises(FatalError, match="cannot write the dead letter"):
        turns(rig.runner(Recorder()))
    assert rig.committed("porch") in (None, 0)


def test_a_message_that_kills_its_reader_again_and_again_is_a_dead_letter() -> None:
    """Three deaths at one offset, seen through the notes of the commits."""

    class Death(BaseException):
        pass

    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(4)))

    def die_at_two(message: Message) -> list[Out]:
        if isinstance(message, Frame) and message.seq == 2:
            raise Death
        return [Out(message)]

    deaths = 0
    for _ in range(8):
        try:
            turns(rig.runner(Recorder(act=die_at_two)))
            break
        except Death:
            deaths += 1
    assert [(letter["reason"], letter["offset"]) for letter in rig.dead()] == [("crash-loop", "2")]
    assert deaths <= 4
    assert seqs(rig.out())[-1] == 3


def test_stopping_without_an_acknowledgement_is_an_error() -> None:
    """Exit status 0 means that everything was acknowledged."""
    rig = Rig()
    rig.put(frame())
    runner = rig.runner(Recorder())
    runner.turn()
    rig.bus.down = True
    runner.stop.set()
    with pytest.raises(FatalError, match="stopped before everything was acknowledged"):
        runner.run()


def test_no_output_is_read_back_as_input() -> None:
    """The output topic is another one."""
    rig = Rig()
    rig.put(frame())
    turns(rig.runner(Recorder()))
    assert len(rig.bus.values(OUTPUT)) == 1
