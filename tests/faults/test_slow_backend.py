"""A backend that takes seconds for a look: the video flows on, nothing is lost, the group stays as it is."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.kafka_admin import ensure_topic
from libs.ops.kafka_broker import Broker
from tests.faults.feeder import Feeder
from tests.faults.surroundings import READY_S, Chain, setting, tell
from tests.faults.watcher import Watcher, longest_stall_s, out_of_order, watching

FPS = 10.0
RUN_S = setting("SLOW_S", 16)
LOOK_S = 10.0 if RUN_S >= 100 else 5.0
STOP_S = 10.0
SLOW = """
import os, pathlib, time

def look():
    pathlib.Path(os.environ["LOOKING"]).touch()
    time.sleep(float(os.environ["LOOK_S"]))
    return [(0.25, 0.25, 0.75, 0.75)]

look.labels = ("moving",)
"""


class Slow:
    """A chain whose detector asks a function that sleeps; `looking` is there once it has begun to."""

    def __init__(self, folder: Path, bootstrap: str, topics: tuple[str, str, str], look_s: float) -> None:
        self.services = Chain(bootstrap, folder, topics)
        self.looking = folder / "looking"
        self._monkeypatch = pytest.MonkeyPatch()
        (folder / "slow.py").write_text(SLOW)
        for name, value in (("PYTHONPATH", folder), ("LOOKING", self.looking), ("LOOK_S", look_s)):
            self._monkeypatch.setenv(name, str(value))

    def __enter__(self) -> "Slow":
        for topic in self.services.topics:
            ensure_topic(self.services.kafka, topic)
        for name in ("redactor", "detector"):
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        self.services.stop()
        self._monkeypatch.undo()

    def start(self, name: str) -> None:
        self.services.start(name, *(("--backend", "python:slow:look") if name == "detector" else ()))

    def looks_take(self, seconds: float) -> None:
        """Those of the next detector."""
        self._monkeypatch.setenv("LOOK_S", str(seconds))

    def stop_in_a_look(self, watcher: Watcher) -> tuple[int, float]:
        """The status with which the detector ends, and the seconds that it takes to."""
        self.looking.unlink(missing_ok=True)
        watcher.until(self.looking.exists, READY_S)
        process = self.services.running.pop("detector").process
        began_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        return process.wait(STOP_S + 5), time.monotonic() - began_s


def rebalances(broker: Broker, group: str) -> int:
    """How often the broker has begun to share out the partitions anew."""
    return sum("rebalance group " + group in line for line in broker.log.read_text(errors="replace").splitlines())


def test_a_slow_backend_loses_nothing_and_leaves_the_group_alone(
    broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Every frame comes out of both stages, in order, covered or withheld; in between are the looks."""
    topics = source, detected, redacted = fresh("source"), fresh("detected"), fresh("redacted")
    groups = (f"framebus.detector.{source}-{detected}", f"framebus.redactor.{detected}-{redacted}")
    with (
        Slow(tmp_path, broker.bootstrap, topics, LOOK_S) as slow,
        watching(broker.bootstrap, detected, redacted) as watcher,
    ):
        before = [rebalances(broker, group) for group in groups]
        with Feeder(broker.bootstrap, source, ("porch",), FPS) as feeder:
            deadline_s = time.monotonic() + RUN_S
            watcher.until(lambda: time.monotonic() > deadline_s, RUN_S + 5)
        watcher.until_all(redacted, feeder.acknowledged(), 3 * LOOK_S + READY_S)
        looks = slow.services.count("detector", "framebus_looks_total{full}")
        slow.services.check()
        after = [rebalances(broker, group) for group in groups]
    stall_s = longest_stall_s(watcher.on(redacted))
    black = sum(each.withheld is not None for each in watcher.on(redacted))
    tell(f"{len(feeder.sent)} frames, {looks:g} looks of {LOOK_S:g} s, {black} withheld, longest stall {stall_s:.1f} s")
    assert min(before) > 0
    assert after == before
    assert looks >= 2
    for topic in (detected, redacted):
        assert [each.seq for each in watcher.on(topic)] == list(range(len(feeder.sent)))
        assert out_of_order(watcher.on(topic)) == []
    assert all(each.redacted for each in watcher.on(redacted))
    assert stall_s < 2 * LOOK_S


@pytest.mark.parametrize(("look_s", "status"), [(5.0, 0), (30.0, 1)], ids=["short-enough", "too-long"])
def test_a_detector_that_is_stopped_in_a_look_loses_nothing(
    look_s: float, status: int, broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """It finishes the look if that fits into the 10 s; else it is ended, and the next one begins with that frame."""
    topics = source, detected, _ = fresh("source"), fresh("detected"), fresh("redacted")
    with (
        Slow(tmp_path, broker.bootstrap, topics, look_s) as slow,
        watching(broker.bootstrap, detected) as watcher,
        Feeder(broker.bootstrap, source, ("porch",), FPS) as feeder,
    ):
        ended, took_s = slow.stop_in_a_look(watcher)
        slow.looks_take(0.01)
        slow.start("detector")
        sent = feeder.acknowledged()
        watcher.until_all(detected, sent, 2 * READY_S)
        slow.services.check()
    tell(f"ended with {ended} after {took_s:.1f} s")
    assert ended == status
    assert took_s < STOP_S + 1
    assert out_of_order(watcher.on(detected)) == []
