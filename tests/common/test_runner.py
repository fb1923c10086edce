"""The runner: what happens to each message, on a bus in memory."""

from dataclasses import replace as replace_dataclass

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.memory_bus import MemoryReader
from libs.common.messages import End, Frame, Message, replace
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import OUTPUT, SOURCE, Recorder, Rig, turns


def seqs(messages: list[Message]) -> list[int]:
    return [message.seq for message in messages if isinstance(message, Frame)]


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


def test_repeats_are_dropped_and_counted() -> None:
    """The same frame twice, an older one, and a second end."""
    rig = Rig()
    end = End(camera="porch", boot="00000001", last_seq=1)
    rig.put(frame(seq=0), frame(seq=1), frame(seq=1), frame(seq=0), end, frame(seq=1), end)
    runner = rig.runner(Recorder())
    turns(runner)
    assert seqs(rig.out()) == [0, 1]
    assert len(rig.out()) == 3
    assert runner.metrics.values()["framebus_skipped_total{repeat}"] == 4


def test_a_partition_that_is_taken_away_is_forgotten() -> None:
    """Another member has it now; if it comes back, it is read from the commit again."""
    rig, stage = Rig(), Recorder()
    rig.put(frame(seq=0))
    runner = rig.runner(stage)
    turns(runner)
    place = Place(SOURCE, partition_of("porch", 6))
    assert isinstance(runner.reader, MemoryReader)
    runner.reader.revoke(place)
    turns(runner)
    assert stage.forgotten == ["porch"]
    assert not runner.places.is_open(place)


def test_latest_drops_all_but_the_newest_of_each_camera_and_never_a_still() -> None:
    """When behind; each dropped one is counted."""
    rig = Rig()
    stills = [replace(frame(seq=n), still=True) for n in (3, 6)]
    frames = {n: frame(seq=n) for n in range(9)} | {still.seq: still for still in stills}
    rig.put(frame(seq=99, boot="000000aa"))
    turns(rig.runner(Recorder(), mode="latest"))
    rig.put(*frames.values())
    runner = rig.runner(Recorder(), mode="latest")
    turns(runner)
    assert seqs(rig.out()) == [3, 6, 8] or seqs(rig.out()) == [99, 3, 6, 8]
    assert runner.metrics.values()["framebus_skipped_total{outdated}"] == 6


def test_old_frames_are_left_out_by_their_time_on_the_bus() -> None:
    """The operator's valve; a still is never too old."""
    rig = Rig()
    rig.put(frame(seq=0), replace(frame(seq=1), still=True))
    rig.clock.advance(60)
    rig.put(frame(seq=2))
    runner = rig.runner(Recorder(), max_age_s=30)
    turns(runner, 1)
    assert seqs(rig.out()) == [1, 2]
    assert runner.metrics.values()["framebus_skipped_total{old}"] == 1


def test_only_the_wanted_cameras_are_handled() -> None:
    """Globs of --cameras."""
    rig = Rig()
    rig.put(frame("porch"), frame("garden"), frame("porch-2"))
    turns(rig.runner(Recorder(), cameras=("porch*",)))
    assert {out.camera for out in rig.out() if isinstance(out, Frame)} == {"porch", "porch-2"}


def test_after_a_restart_history_is_remembered_and_not_published_again() -> None:
    """The stage learns what was before; repeats from before the restart are known too."""
    rig = Rig()
    for n in range(20):
        rig.put(frame(seq=n))
        rig.clock.advance(1)
    turns(rig.runner(Recorder()))
    stage = Recorder(history_s=5)
    rig.put(frame(seq=19), frame(seq=20))
    turns(rig.runner(stage))
    assert seqs(stage.remembered)[-1] == 19
    assert 4 <= len(stage.remembered) <= 7
    assert seqs(stage.handled) == [20]
    assert seqs(rig.out()) == list(range(21))


def test_from_seeks_once_at_the_start() -> None:
    """A time instead of the commit."""
    rig = Rig()
    for n in range(10):
        rig.put(frame(seq=n))
        rig.clock.advance(1)
    turns(rig.runner(Recorder(), from_ms=rig.clock.now_ns() // 1_000_000 - 3500))
    assert seqs(rig.out()) == [7, 8, 9]


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


def test_what_retention_took_is_counted() -> None:
    """The group was away for longer than the topic keeps."""
    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(6)))
    turns(rig.runner(Recorder()))
    place = Place(SOURCE, partition_of("porch", 6))
    runner = rig.runner(Recorder())
    runner.reader.bounds = lambda p: (10, 12) if p == place else (0, 0)  # type: ignore[method-assign]
    rig.bus.logs[place] += [
        replace_dataclass(rig.bus.logs[place][0], offset=n, value=codec.encode(frame(seq=n))) for n in range(6, 12)
    ]
    turns(runner)
    assert runner.metrics.values()["framebus_skipped_total{overtaken}"] == 4
    assert seqs(rig.out())[-2:] == [10, 11]


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
