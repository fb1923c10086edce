"""What the runner reads: history, the newest, from a time, until a stop; nothing is misled by what was refused."""

from collections.abc import Iterable

import pytest

from libs.common import codec
from libs.common.arrivals import Arrival
from libs.common.bus import Record
from libs.common.errors import FatalError, TemporaryError
from libs.common.messages import Message
from libs.common.runner import Runner
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import PORCH, Recorder, Rig, ScriptedReader, seqs, turns


def script(runner: Runner) -> ScriptedReader:
    assert isinstance(runner.reader, ScriptedReader)
    return runner.reader


def dead_offsets(rig: Rig) -> list[int]:
    return [int(letter["offset"]) for letter in rig.dead()]


def test_what_was_refused_under_a_wrong_key_is_not_remembered_either() -> None:
    """After a restart it would make the camera's own frames look like repeats."""
    rig = Rig()
    rig.put(frame(seq=0))
    rig.put_bytes("porch", codec.encode(frame(seq=1000)), key=b"garden")
    turns(rig.runner(Recorder()))
    rig.put(frame(seq=1))
    stage = Recorder(history_s=10)
    turns(rig.runner(stage))
    assert seqs(stage.remembered) == [0]
    assert seqs(rig.out()) == [0, 1]


def test_a_repeat_in_the_history_is_not_remembered() -> None:
    """The first one wins, as when it was handled."""
    rig = Rig()
    rig.put(frame(seq=0), frame(seq=1), frame(seq=0), frame(seq=1), frame("garden"))
    turns(rig.runner(Recorder(), cameras=("porch",)))
    stage = Recorder(history_s=10)
    turns(rig.runner(stage, cameras=("porch",)))
    assert seqs(stage.remembered) == [0, 1]


def test_latest_is_not_misled_by_what_will_be_refused_or_left_out() -> None:
    """A wrong key, and an older frame that comes again."""
    rig = Rig()
    turns(rig.runner(Recorder(), mode="latest"))
    rig.put(frame(seq=4))
    turns(rig.runner(Recorder(), mode="latest"))
    stage = Recorder(history_s=10)
    rig.put(frame(seq=5), frame(seq=4))
    rig.put_bytes("porch", codec.encode(frame(seq=9)), key=b"garden")
    turns(rig.runner(stage, mode="latest"))
    assert seqs(rig.out()) == [4, 5]


def test_latest_gathers_no_more_than_memory_allows() -> None:
    """Large pictures lie ready by the hundred."""
    rig, stage = Rig(), Recorder()
    turns(rig.runner(stage, mode="latest"))
    value = codec.encode(frame(image=bytes(2 << 20)))
    for _ in range(64):
        rig.put_bytes("porch", value)
    runner = rig.runner(stage, mode="latest")
    taken: list[int] = []
    read = runner.arrivals.read

    def count(records: Iterable[Record]) -> list[Arrival]:
        found = read(records)
        taken.append(len(found))
        return found

    runner.arrivals.read = count  # type: ignore[method-assign]
    turns(runner)
    assert max(taken) <= 24


def test_from_is_not_sought_again_when_a_place_comes_back() -> None:
    """Once at the start."""
    rig, stage = Rig(), Recorder()
    rig.put(*(frame(seq=n) for n in range(5)))
    runner = rig.runner(stage, from_ms=0)
    turns(runner)
    script(runner).bounced = [PORCH]
    turns(runner)
    assert seqs(stage.handled) == [0, 1, 2, 3, 4]


def test_history_lies_before_from_and_not_before_the_commit() -> None:
    """An old commit must not make an hour of frames history."""
    rig = Rig()
    rig.put(frame(seq=0))
    turns(rig.runner(Recorder()))
    for n in range(1, 100):
        rig.put(frame(seq=n))
        rig.clock.advance(1)
    stage = Recorder(history_s=5)
    turns(rig.runner(stage, from_ms=rig.clock.now_ns() // 1_000_000 - 10_000), 20)
    assert 4 <= len(stage.remembered) <= 6
    assert seqs(stage.handled) == list(range(90, 100))


def test_a_stop_does_not_wait_for_the_rest_of_a_batch() -> None:
    """It is read again at the next start."""
    rig, stage = Rig(), Recorder()
    rig.put(*(frame(seq=n) for n in range(8)))
    runner = rig.runner(stage)

    def stop(message: Message) -> list[Out]:
        runner.stop.set()
        return [Out(message)]

    stage.act = stop
    runner.run()
    assert seqs(stage.handled) == [0]
    assert rig.committed("porch") == 1


def test_dead_letters_written_before_a_stop_by_bugs_are_not_written_again() -> None:
    """The next start goes on behind them."""

    def stumble(message: Message) -> list[Out]:
        raise ValueError("bug")

    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(30)))
    with pytest.raises(FatalError, match="bugs in a row"):
        rig.runner(Recorder(act=stumble)).run()
    turns(rig.runner(Recorder()), 5)
    assert dead_offsets(rig) == list(range(19))
    assert seqs(rig.out()) == list(range(19, 30))


def test_a_broker_that_does_not_answer_is_asked_once_in_a_round() -> None:
    """Each question may take seconds, and the loop must go round."""
    rig = Rig()
    runner, asked = rig.runner(Recorder()), []

    def silent(place: object) -> tuple[int, int]:
        asked.append(place)
        raise TemporaryError("no answer")

    runner.reader.bounds = silent  # type: ignore[method-assign]
    runner.turn()
    runner.turn()
    assert len(asked) == 2
    assert asked[0] != asked[1]
