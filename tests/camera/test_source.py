"""The camera that keeps books, on a real broker: what it says was acknowledged lies on the topic."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.messages import End, Frame
from libs.ops.kafka_broker import Broker
from tests.camera.checker import Found, Report, check
from tests.camera.ledger import read_ledger
from tests.camera.sink import everything_on
from tests.camera.source import start_source

WITHIN_S = 30.0


class Rig:
    """One camera at a time, its topic and its ledger."""

    def __init__(self, bootstrap: str, topic: str, ledger: Path) -> None:
        self.ledger = ledger
        self._bootstrap, self._topic = bootstrap, topic

    def play(self, *flags: str, booked: int, then: signal.Signals | None = None) -> int:
        """Run until so many frames are booked, end it with a signal if one is given; its exit status."""
        given = ["--bootstrap", self._bootstrap, "-t", self._topic, "--ledger", str(self.ledger), "--cameras", "2"]
        child = start_source([*given, *flags])
        deadline_s = time.monotonic() + WITHIN_S
        try:
            while len(read_ledger(self.ledger)) < booked:
                assert time.monotonic() < deadline_s
                time.sleep(0.02)
            if then is not None:
                os.kill(child.process.pid, then)
            return child.process.wait(WITHIN_S)
        finally:
            child.stop()

    def found(self) -> list[Found]:
        return list(everything_on(self._bootstrap, self._topic))

    def ids(self) -> list[str]:
        return [found.message.frame_id for found in self.found() if isinstance(found.message, Frame)]

    def ends(self) -> list[tuple[str, int]]:
        ends = [found.message for found in self.found() if isinstance(found.message, End)]
        return sorted((end.camera, end.last_seq) for end in ends)


@pytest.fixture
def rig(broker: Broker, fresh: Callable[[str], str], tmp_path: Path) -> Rig:
    return Rig(broker.bootstrap, fresh("source"), tmp_path / "ids")


def test_everything_is_booked_when_it_ends_by_itself(rig: Rig) -> None:
    """Each picture carries the name of its frame, each camera ends its boot."""
    assert rig.play("--frames", "20", "--speed", "0", booked=40) == 0
    report = check(read_ledger(rig.ledger), rig.found(), bare=lambda seq, image: ())
    assert report == Report(acknowledged=40, arrived=40)
    assert rig.ends() == [("cam0", 19), ("cam1", 19)]


def test_sigterm_ends_it_in_order(rig: Rig) -> None:
    """With an end of each boot, and nothing on the topic that is not booked."""
    assert rig.play(booked=6, then=signal.SIGTERM) == 0
    assert sorted(rig.ids()) == sorted(read_ledger(rig.ledger))
    assert {camera for camera, _ in rig.ends()} == {"cam0", "cam1"}


def test_after_kill_9_the_next_one_goes_on_with_new_boots(rig: Rig) -> None:
    """What was booked is there; the killed one has written no end."""
    assert rig.play("--speed", "0", "--frames", "100000", booked=30, then=signal.SIGKILL) == -signal.SIGKILL
    before = len(read_ledger(rig.ledger))
    assert rig.play("--frames", "5", booked=before + 10) == 0
    booked = list(read_ledger(rig.ledger))
    assert set(booked) <= set(rig.ids())
    assert {name.rsplit("/", 1)[0] for name in booked[before:]}.isdisjoint(
        name.rsplit("/", 1)[0] for name in booked[:before]
    )
    assert rig.ends() == [("cam0", 4), ("cam1", 4)]
