"""kill -9 of detector and redactor while the clip runs: nothing acknowledged is lost, nothing uncovered gets out."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from libs.common import images
from libs.common.messages import Frame, Message
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from tests.detector.clip import read_truth
from tests.pipeline.chain import CLIP, CLIP_FRAMES, frames_of, read_until_end

TRUTH = Path(__file__).parents[1] / "detector" / "street_truth.txt"
KILLS = int(os.environ.get("FRAMEBUS_TEST_KILLS", "10"))
BLACK = 24


def start(name: str, flags: list[str], broker: Broker) -> Child:
    return Child.start(name, [*flags, "--bootstrap", broker.bootstrap, "--log-level", "WARNING"])


def first_of_each(found: list[Message]) -> dict[int, Frame]:
    """By seq; of repeats the first one wins."""
    frames: dict[int, Frame] = {}
    for frame in frames_of(found):
        frames.setdefault(frame.seq, frame)
    return frames


def test_ten_kills_lose_nothing_and_uncover_nobody(broker: Broker, fresh: Callable[[str], str]) -> None:
    """Each victim is started again at once, as systemd or compose would."""
    a, b, c = fresh("source"), fresh("detected"), fresh("redacted")
    flags = {
        "detector": ["-i", a, "-t", b, "--instance", "one"],
        "redactor": ["moving", "-i", b, "-t", c, "--instance", "one"],
    }
    dice = random.Random(7)
    with ExitStack() as stack:
        running = {name: start(name, words, broker) for name, words in flags.items()}
        stack.callback(lambda: [child.stop() for child in running.values()])
        producer = start("producer", [str(CLIP), "-n", "street", "-t", a, "--speed", "2"], broker)
        stack.callback(producer.stop)
        for _ in range(KILLS):
            time.sleep(dice.uniform(1.0, 3.5))  # the moment of the kill is the random part of the test
            name = dice.choice(sorted(flags))
            os.kill(running[name].process.pid, signal.SIGKILL)
            running[name].process.wait()
            running[name] = start(name, flags[name], broker)
        assert producer.process.wait(120) == 0
        found = read_until_end(broker.bootstrap, c, 60)
    frames = first_of_each(found)
    assert sorted(frames) == list(range(CLIP_FRAMES))
    for frame in frames_of(found):
        assert frame.redaction is not None
    assert covered_share(frames_of(found)) >= 0.97


def covered_share(frames: list[Frame]) -> float:
    """Of the people marked by hand, those of whom at least nine tenths are black, in every copy of their frame."""
    truth = read_truth(TRUTH)
    hidden = []
    for frame in frames:
        for left, top, width, height in truth.get(frame.seq, ()):
            area = images.decode(frame.image)[max(0, top) : top + height, max(0, left) : left + width]
            hidden.append(float((area <= BLACK).all(-1).mean()))
    assert len(hidden) > 150
    return float(np.mean([share >= 0.9 for share in hidden]))
