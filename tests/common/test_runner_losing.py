"""What is held when something that it waits for is lost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from libs.common.errors import TemporaryError
from libs.common.messages import Frame, Message
from libs.common.stage import Out
from libs.common.testing import frame
from tests.common.runner_rig import PORCH, SOURCE, Recorder, Rig, ScriptedReader, seqs, turns

MANY = 20


@dataclass
class Holder(Recorder):
    """Holds what comes from `seq` 2 on, until it is to come out alone. `asked`: how often for what it holds."""

    can: bool = True
    asked: int = 0

    def handle(self, message: Message) -> Iterable[Out]:
        if isinstance(message, Frame) and message.seq < 2:
            return [Out(message)]
        self.holding.append(message)
        return []

    def held(self) -> list[Message]:
        self.asked += 1
        return self.holding

    def alone(self, messages: Collection[Message]) -> list[Out]:
        if not self.can:
            raise TemporaryError("not now")
        ids = {id(message) for message in messages}
        self.holding = [message for message in self.holding if id(message) not in ids]
        return [Out(message) for message in messages]


def taken_away(stage: Holder, count: int) -> Rig:
    """So many of a camera wait, and one of another; then the partition of that camera's frames is taken away."""
    rig = Rig()
    rig.put(frame(seq=0))
    rig.put(*(frame(boot="00000002", seq=2 + n) for n in range(count)), frame("yard", seq=2), topic="events")
    runner = rig.runner(stage, topics=(SOURCE, "events"))
    turns(runner)
    assert len(stage.holding) == count + 1
    assert isinstance(runner.reader, ScriptedReader)
    runner.reader.bounced, stage.asked = [PORCH], 0
    turns(runner)
    assert [getattr(message, "camera", None) for message in stage.holding] == ["yard"]
    return rig


def test_a_stage_may_let_out_alone_what_waited_for_a_frame_that_is_lost() -> None:
    """That is no dead letter; what another camera waits with goes on waiting."""
    rig = taken_away(Holder(), 2)
    assert (seqs(rig.out()), rig.dead()) == ([0, 2, 3], [])


def test_all_that_is_lost_comes_out_at_once() -> None:
    """However much it is, the stage is asked as often for what it holds."""
    of_one, of_many = Holder(), Holder()
    taken_away(of_one, 1)
    assert len(seqs(taken_away(of_many, MANY).out())) == 1 + MANY
    assert of_many.asked == of_one.asked


def test_what_a_stage_cannot_let_out_now_is_a_dead_letter() -> None:
    """It is forgotten, and nobody reads it again."""
    rig = taken_away(Holder(can=False), 2)
    assert [(letter["reason"], letter["offset"]) for letter in rig.dead()] == [("gap", "0"), ("gap", "1")]
