"""The chain at full speed on a real broker: frames per second of one core, memory, and what it takes when idle."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from bench.camera import CLIP
from bench.compare import Measured
from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.ops.children import Child
from libs.ops.ports import free_port

IDLE_S = 20.0
END_S = 300.0
LOOK_S = 0.2
MIB = 1 << 20
LIMITS_MIB = {"detector": 160.0, "redactor": 90.0, "viewer": 90.0}
"""Only the detector loads OpenCV."""


def chain_figures(bootstrap: str) -> list[Measured]:
    """Detector, redactor and viewer, first without a camera; then the clip runs through as fast as it can."""
    common = ["--bootstrap", bootstrap, "--log-level", "ERROR"]
    with _running(common) as children:
        figures = [figure for child in children for figure in _idle(child)]
        frames, cpu_s = _carry(children, common)
        figures += [_memory(child, "after the clip") for child in children]
    return [*figures, Measured("camera to screen, frames per second of one core", frames / cpu_s, "1/s")]


@contextmanager
def _running(common: list[str]) -> Iterator[list[Child]]:
    flags = {"detector": [], "redactor": ["moving"], "viewer": ["--port", str(free_port())]}
    with ExitStack() as stack:
        children = []
        for name, words in flags.items():
            children.append(Child.start(name, [*words, *common]))
            stack.callback(children[-1].stop)
        for topic in ("frames.source", "frames.detected"):
            ensure_topic(KafkaSettings(common[1]), topic)
        for child in children:
            child.wait_ready(30)
        yield children


def _idle(child: Child) -> list[Measured]:
    """Nobody sends: what it takes all the same."""
    time.sleep(2)
    before_s = _cpu_s(child)
    time.sleep(IDLE_S)
    share = (_cpu_s(child) - before_s) / IDLE_S * 100
    return [Measured(f"{child.name}, idle", share, "% of a core", 1.5), _memory(child, "idle")]


def _memory(child: Child, when: str) -> Measured:
    used = psutil.Process(child.process.pid).memory_info().rss / MIB
    return Measured(f"{child.name}, memory {when}", used, "MiB", LIMITS_MIB[child.name])


def _carry(children: list[Child], common: list[str]) -> tuple[int, float]:
    """Frames that came out of the redactor, and the CPU seconds of all four; the producer's start counts too."""
    before_s = sum(_cpu_s(child) for child in children)
    producer = Child.start("producer", [str(CLIP), "-n", "street", "--speed", "0", *common])
    used = psutil.Process(producer.process.pid)
    producer_s = 0.0
    while producer.process.poll() is None:
        producer_s = sum(used.cpu_times()[:2])
        time.sleep(LOOK_S)
    frames = _wait_for_end(children[1])
    return frames, producer_s + sum(_cpu_s(child) for child in children) - before_s


def _wait_for_end(redactor: Child) -> int:
    """Until its counter stands still."""
    deadline_s, before = time.monotonic() + END_S, -1
    while (now := int((redactor.status() or {})["counts"]["framebus_frames_out_total"])) != before or now == 0:
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"the clip did not end within {END_S:g} s")
        before = now
        time.sleep(3)
    return now


def _cpu_s(child: Child) -> float:
    return sum(psutil.Process(child.process.pid).cpu_times()[:2])
