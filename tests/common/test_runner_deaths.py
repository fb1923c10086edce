"""Messages that kill their reader, and those that are only there when it dies."""

from collections.abc import Callable

import pytest

from libs.common.bus import Commit
from libs.common.errors import TemporaryError
from libs.common.messages import Frame, Message
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import GROUP, PORCH, Recorder, Rig, holder, seqs, turns


class Death(BaseException):
    """What no handler catches: kill -9, a crash in a library."""


def dead_offsets(rig: Rig) -> list[int]:
    return [int(letter["offset"]) for letter in rig.dead()]


def live_until_well(rig: Rig, stage: Callable[[], Recorder], lives: int) -> int:
    """Start again after each death; how often it died."""
    for deaths in range(lives):
        try:
            turns(rig.runner(stage()))
        except Death:
            continue
        return deaths
    return lives


def test_careful_progress_never_passes_a_held_input() -> None:
    """What will be tried is announced, and read again after the next death, with all that was held."""
    rig, stage = Rig(), holder(0)
    rig.bus.commits[GROUP, PORCH] = Commit(0, "0 1 -1")
    keep = stage.act

    def die_at_three(message: Message) -> object:
        if isinstance(message, Frame) and message.seq == 3:
            raise Death
        return keep(message)

    stage.act = die_at_three  # type: ignore[assignment]
    rig.put(*(frame(seq=n) for n in range(5)))
    with pytest.raises(Death):
        turns(rig.runner(stage))
    assert rig.committed("porch") == 0


def test_waiting_for_a_temporary_error_is_no_death() -> None:
    """However often the service is started anew meanwhile."""

    def not_yet(message: Message) -> list[Out]:
        raise TemporaryError("the model is loading")

    rig = Rig()
    rig.put(frame())
    for _ in range(8):
        runner = rig.runner(Recorder(act=not_yet))
        turns(runner)
        runner.stop.set()
        runner.run()
    assert rig.dead() == []
    turns(rig.runner(Recorder()))
    assert seqs(rig.out()) == [0]


def test_a_message_that_kills_its_reader_in_the_history_is_left_out_of_it() -> None:
    """It was refused before; remembering it must not kill for ever."""

    def die_at_two(message: Message) -> None:
        if isinstance(message, Frame) and message.seq == 2:
            raise Death

    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(4)))
    turns(rig.runner(Recorder()))
    rig.put(frame(seq=4))
    stages: list[Recorder] = []

    def stage() -> Recorder:
        stages.append(Recorder(recall=die_at_two, history_s=10))
        return stages[-1]

    assert live_until_well(rig, stage, 10) <= 4
    assert seqs(stages[-1].remembered) == [0, 1, 3]
    assert seqs(rig.out()) == [0, 1, 2, 3, 4]
    assert rig.dead() == []


def test_a_held_message_that_kills_when_it_leaves_is_a_dead_letter_too() -> None:
    """The one that was handled at death may be innocent: all that was held with it is refused."""

    def deadly() -> Recorder:
        stage = Recorder()

        def act(message: Message) -> list[Out]:
            if any(isinstance(held, Frame) and held.seq == 2 for held in stage.holding):
                raise Death
            outs = [Out(held, cause=held) for held in stage.holding]
            stage.holding = [message]
            return outs

        stage.act = act
        return stage

    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(8)))
    assert live_until_well(rig, deadly, 10) <= 4
    assert 2 in dead_offsets(rig)
    assert len(rig.dead()) == 2
    assert set(seqs(rig.out())) == {0, 1, 4, 5, 6}
