"""kill -9 of anything in the chain, again and again: nothing acknowledged is lost, nobody uncovered, all soon back."""

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path

import pytest

from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.camera.checker import Report, check
from tests.camera.ledger import read_ledger
from tests.camera.people import Image, uncovered
from tests.camera.scene import Scene
from tests.camera.sink import everything_on
from tests.camera.strip import camera_name
from tests.camera.truth import write_truth
from tests.faults.surroundings import seed, setting
from tests.faults.victims import Victims
from tests.faults.watcher import Watcher, watching
from tests.pipeline.chain import CLIP

KILLS = int(setting("KILLS", 10))
BACK_S = 10.0
PATIENCE_S = 60.0
BOOT_FRAMES = 250
"""Then the cameras begin anew by themselves."""
CAMERAS = [camera_name(0), camera_name(1)]
STREET = "street"
SEED = 1
SCENE = Scene(SEED)
people = cache(SCENE.people)
OTHERS = (0, 0, 0, 1)
"""How many die at the same moment, by the dice."""
BEFORE = (0, 0, 0, 1)
"""How often they are killed before that, to die again while they start."""
STALLED_SHARE = 0.1
"""Of the frames: a busy machine may hold the cameras up for longer than the redactor lets pass unseen."""


@dataclass
class Rig:
    """The parts of the chain, what comes out at its end, and the frames that were acknowledged at its start."""

    parts: Victims
    bootstrap: str
    topic: str
    watcher: Watcher
    ledger: Path

    def until_useful(self, names: Iterable[str], after_ns: int) -> float:
        """Wait until each shows that it works on what was captured after that time; the seconds since then."""
        for name in names:
            cameras = [STREET] if name == "producer" else CAMERAS
            if name == "viewer":
                self.parts.running[name].wait_ready(PATIENCE_S)
            else:
                self.watcher.until(partial(self._new_of_all, cameras, after_ns), PATIENCE_S)
        return (time.time_ns() - after_ns) / 1e9

    def _new_of_all(self, cameras: list[str], after_ns: int) -> bool:
        return all(self._newest(camera) > after_ns for camera in cameras)

    def _newest(self, camera: str) -> int:
        found = reversed(self.watcher.on(self.topic))
        return next((landed.captured_at for landed in found if landed.camera == camera), 0)

    def rest(self, seconds: float) -> None:
        """The chain runs, and is watched."""
        until_s = time.monotonic() + seconds
        self.watcher.until(lambda: time.monotonic() >= until_s, PATIENCE_S)


@pytest.fixture
def rig(broker: Broker, fresh: Callable[[str], str], tmp_path: Path) -> Iterator[Rig]:
    """All parts running, and frames of all cameras at the end of the chain."""
    a, b, c, truth, ledger = fresh("source"), fresh("detected"), fresh("redacted"), tmp_path / "truth", tmp_path / "ids"
    write_truth(truth, (SCENE.people(seq) for seq in range(BOOT_FRAMES)))
    flags = {
        "source": f"-t {a} --cameras {len(CAMERAS)} --frames {BOOT_FRAMES} --loop --seed {SEED} --ledger {ledger}",
        "producer": f"{CLIP} -n {STREET} --loop -f 2 --resize 320x240 -t {a}",
        "detector": f"-i {a} -t {b} --backend replay:{truth} --instance one",
        "redactor": f"person -i {b} -t {c} --instance one",
        "viewer": f"-i {c} --no-login --port {free_port()}",
    }
    words = {name: [*text.split(), "--bootstrap", broker.bootstrap] for name, text in flags.items()}
    parts = Victims(words, tmp_path)
    with watching(broker.bootstrap, c) as watcher:
        made = Rig(parts, broker.bootstrap, c, watcher, ledger)
        try:
            parts.start(words)
            made.until_useful(words, after_ns=0)
            yield made
        finally:
            parts.stop()


def victims(names: list[str], dice: random.Random) -> Iterator[list[str]]:
    """Each comes once before any comes again."""
    while True:
        for name in dice.sample(names, len(names)):
            others = [other for other in names if other != name]
            yield [name, *dice.sample(others, dice.choice(OTHERS))]


def everything_checked(rig: Rig) -> Report:
    """Stop the cameras, let the rest come out, and look at all of it."""
    rig.parts.running["source"].stop()
    acknowledged = read_ledger(rig.ledger)
    with suppress(AssertionError):  # the report says it better
        rig.watcher.until_all(rig.topic, set(acknowledged), PATIENCE_S)
    rig.parts.check()
    rig.parts.stop()
    return check(acknowledged, everything_on(rig.bootstrap, rig.topic, CAMERAS), bare)


def bare(seq: int, image: Image) -> list[int]:
    return uncovered(image, people(seq))


def test_kill_9_of_anything_loses_nothing_uncovers_nobody_and_all_are_soon_back(rig: Rig) -> None:
    """In whatever state the others are, and if it dies once more while it starts."""
    dice, seconds = random.Random(seed()), list[tuple[float, list[str]]]()
    for names in islice(victims(sorted(rig.parts.flags), dice), KILLS):
        rig.rest(dice.uniform(0, 2))
        for _ in range(dice.choice(BEFORE)):
            rig.parts.kill(names)
            rig.rest(dice.uniform(0, 1))
        seconds.append((rig.until_useful(names, rig.parts.kill(names)), names))
    report = everything_checked(rig)
    sys.stdout.write(f"{KILLS} kills: {report}; the slowest were back after {sorted(seconds)[-3:]} s\n")
    assert (report.lost, report.uncovered, report.foreign, report.reordered) == ([], [], [], [])
    assert report.withheld.keys() <= {"gap"}
    assert report.withheld.total() <= STALLED_SHARE * report.arrived
    assert [slow for slow in seconds if slow[0] > BACK_S] == []
