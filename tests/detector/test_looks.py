"""Several backends, one after another: what each adds, and what it costs when one fails."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Box, Detection, Event, Frame
from libs.common.testing import FakeClock, frame
from services.detector.detect import Detect
from services.detector.gate import Gate
from services.detector.picture import Picture
from tests.detector.stage import stage_of

Answer = Callable[[Picture], tuple[Detection, ...] | None]


@dataclass
class Asked:
    """A backend that answers as it is told, and notes where it was asked."""

    answer: Answer
    model: str = "asked"
    labels: tuple[str, ...] = ("cat",)
    where: list[tuple[int, Box]] = field(default_factory=list)

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        self.where.append((picture.frame.seq, picture.back((0, 0, 1, 1))))
        return self.answer(picture)

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


def cat(box: Box = (0.4, 0.4, 0.6, 0.6)) -> tuple[Detection, ...]:
    return (Detection(label="cat", confidence=0.9, box=box),)


def finding(box: Box = (0.4, 0.4, 0.6, 0.6)) -> Answer:
    return lambda picture: cat(box)


def fails_at(*seqs: int, error: Exception | None = None) -> Answer:
    def answer(picture: Picture) -> tuple[Detection, ...]:
        if picture.frame.seq in seqs:
            raise error or ValueError("a secret of the camera")
        return cat()

    return answer


def outs(stage: Detect, sent: Frame) -> tuple[Frame, list[Event]]:
    """The frame that comes out, and the events."""
    messages = [out.message for out in stage.handle(sent)]
    (judged,) = (message for message in messages if isinstance(message, Frame))
    return judged, [message for message in messages if isinstance(message, Event)]


def test_each_backend_adds_its_verdict_and_what_it_found() -> None:
    """In their order; `by` names whose it is."""
    stage = stage_of(Asked(finding(), "one"), Asked(lambda picture: None, "two"), Asked(finding(), "three", ("dog",)))
    judged, _ = outs(stage, frame())
    assert [(verdict.model, verdict.how) for verdict in judged.verdicts or ()] == [("one", "full"), ("three", "full")]
    assert [each.by for each in judged.detections] == [0, 1]


def test_without_a_backend_frames_pass_unlooked() -> None:
    """`none`: nil stays nil."""
    assert outs(stage_of(), frame()) == (frame(), [])


def test_a_failing_backend_costs_its_look_and_is_told_once() -> None:
    """The others' verdicts stand; one event when it begins, one when it is over, none in between, and no error text."""
    stage = stage_of(Asked(fails_at(1, 2, 3), "weak"), Asked(finding(), "strong"), events_topic="events")
    judged = [outs(stage, frame(seq=seq)) for seq in range(6)]
    models = [[verdict.model for verdict in each.verdicts or ()] for each, _ in judged]
    assert models == [["weak", "strong"], ["strong"], ["strong"], ["strong"], ["weak", "strong"], ["weak", "strong"]]
    told = {each.seq: [event.kind for event in events] for each, events in judged if events}
    assert told == {1: ["service.failing"], 4: ["service.recovered"]}
    assert judged[1][1][0].data == {"service": "detector", "backend": "weak", "error": "ValueError"}
    assert [event.kind for event in judged[1][0].events] == ["service.failing"]


def test_what_is_temporary_leaves_frames_unlooked_and_makes_stills_wait() -> None:
    """A still must not go on unlooked."""
    stage = stage_of(Asked(fails_at(0, error=TemporaryError("away", delay_s=1))))
    assert outs(stage, frame())[0].verdicts is None
    with pytest.raises(TemporaryError):
        stage.handle(frame(still=True))


def test_a_picture_that_is_damaged_is_nobodys_failure() -> None:
    """It goes to the dead letters."""
    with pytest.raises(PermanentError):
        stage_of(Asked(fails_at(0, error=PermanentError("torn", "bad-picture")))).handle(frame())


def test_behind_a_gate_only_parts_are_looked_at_and_the_frame_is_carried() -> None:
    """The first look is whole and full; then inside what moves, with boxes of the whole frame."""
    gate = Asked(finding((0.5, 0.5, 0.6, 0.6)), "gate", ("moving",))
    second = Asked(finding((0.0, 0.0, 0.5, 0.5)), "second")
    stage = stage_of(gate, second, gate=Gate(every_s=0.3))
    judged = [outs(stage, frame(seq=seq))[0] for seq in range(4)]
    assert [[verdict.how for verdict in each.verdicts or ()] for each in judged] == [
        ["full", "full"],
        ["full", "carried"],
        ["full", "carried"],
        ["full", "full"],
    ]
    assert [box for seq, box in second.where if seq in (0, 3)] == [(0, 0, 1, 1)] * 2
    part = next(box for seq, box in second.where if seq == 1)
    assert part[0] > 0.3
    found = judged[1].detections[1].box
    assert found == pytest.approx((part[0], part[1], (part[0] + part[2]) / 2, (part[1] + part[3]) / 2))


def test_behind_a_closed_gate_nobody_looks_and_the_frame_is_carried() -> None:
    """Inference is skipped, the verdict says so."""
    second = Asked(finding(), "second")
    stage = stage_of(Asked(lambda picture: (), "gate"), second, gate=Gate(every_s=0.8))
    judged = [outs(stage, frame(seq=seq))[0] for seq in range(8)]
    assert [seq for seq, _ in second.where] == [0]
    assert {verdict.how for each in judged[1:] for verdict in (each.verdicts or ())[1:]} == {"carried"}


def test_the_pace_behind_a_gate_is_that_of_the_second_look() -> None:
    """The gate itself looks at every frame."""
    gate, second = Asked(finding(), "gate"), Asked(finding(), "second")
    stage = stage_of(gate, second, gate=Gate(every_s=0.8), infer_fps=2)
    for seq in range(10):
        outs(stage, frame(seq=seq))
    assert len(gate.where) == 10
    assert len(second.where) == 2


def test_parts_are_not_looked_at_where_that_would_delay_the_whole() -> None:
    """A look of 300 ms, its rest 360: behind the whole look at 0 there is time for one at 0.4, not at 0.5 s."""
    clock = FakeClock()

    def slowly(picture: Picture) -> tuple[Detection, ...]:
        clock.advance(0.3)
        return cat()

    second = Asked(slowly, "second")
    stage = stage_of(Asked(finding(), "gate"), second, clock=clock, gate=Gate(every_s=0.8))
    for seq in (0, 4, 8, 13, 16):
        outs(stage, frame(seq=seq))
    wholes = [seq for seq, box in second.where if box == (0, 0, 1, 1)]
    assert wholes == [0, 8, 16]
    assert [seq for seq, _ in second.where if seq not in wholes] == [4]
