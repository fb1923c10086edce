"""The services as one pipe: who gets what, and what happens when a part of it fails."""

from itertools import pairwise
from pathlib import Path

import pytest

from libs.common.errors import FatalError, SettingsError
from libs.common.messages import End, Frame
from libs.ops.redact_pipe import Pipe, check
from libs.ops.redact_stage import PipeStage
from tests.pipeline.chain import CLIP

PLAY = [str(CLIP), "--speed", "0"]
WAYS = [["--lookahead", "0.5"], ["--lookahead", "0"]]


def stages(pipe: Pipe) -> list[PipeStage]:
    return [pipe.producer, pipe.detector, *pipe.redactors]


def has_ended(stage: PipeStage) -> bool:
    return stage.process.returncode is not None


def test_every_redactor_gets_every_message_in_order_and_as_it_comes() -> None:
    """One by one: a redactor has never taken in a frame before it was done with the one before."""
    came: list[list[Frame]] = [[], []]
    ends = [0, 0]
    with Pipe([*PLAY, "--every", "20"], ["--backend", "none"], WAYS) as pipe:
        for number, message in pipe.messages():
            if isinstance(message, Frame):
                came[number].append(message)
            ends[number] += isinstance(message, End)
    assert [frame.seq for frame in came[0]] == [frame.seq for frame in came[1]] == list(range(40))
    assert ends == [1, 1]
    hops = [frame.hops[-1] for frame in came[1]]
    assert all(hop.in_ns <= hop.out_ns for hop in hops)
    assert all(before.out_ns <= after.in_ns for before, after in pairwise(hops))
    assert all(stage.cpu_s > stage.start_cpu_s > 0 for stage in (pipe.detector, *pipe.redactors))


@pytest.mark.parametrize(("victim", "name"), [(1, "detector"), (2, "redactor"), (3, "redactor")])
def test_whoever_dies_is_named_and_nobody_is_left(victim: int, name: str) -> None:
    """Those before it fail for want of a reader: they are not the cause."""
    with Pipe(PLAY, [], WAYS) as pipe:
        messages = pipe.messages()
        next(messages)
        stages(pipe)[victim].process.kill()
        with pytest.raises(FatalError, match=f"the {name} ended with status -9"):
            list(messages)
    assert all(has_ended(stage) for stage in stages(pipe))


def test_leaving_early_stops_everybody() -> None:
    """As Ctrl-C does."""
    with Pipe(PLAY, [], WAYS) as pipe:
        next(pipe.messages())
    assert all(has_ended(stage) for stage in stages(pipe))


def test_a_wrong_flag_is_told_in_the_words_of_the_service() -> None:
    """Before anything runs, and when it does."""
    with pytest.raises(SettingsError, match="the redactor ended with status 2: --hold '99': expected"):
        check("redactor", ["--hold", "99"])
    wrong = pytest.raises(SettingsError, match="the detector ended with status 2: --backend")
    with Pipe(PLAY, ["--backend", "nobody"], WAYS) as pipe, wrong:
        list(pipe.messages())


def test_a_clip_that_cannot_be_played_is_the_producers_fault(tmp_path: Path) -> None:
    """What would have been right is said too."""
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with Pipe([str(empty)], [], WAYS) as pipe, pytest.raises(FatalError, match="expected a video that can be played"):
        list(pipe.messages())
