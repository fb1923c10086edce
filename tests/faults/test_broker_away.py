"""The broker is killed or frozen under the running chain: all of it works again soon after it is back."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from libs.common import codec
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.pipeline.chain import CLIP

AWAY_S = float(os.environ.get("FRAMEBUS_TEST_AWAY_S", "15"))
BACK_S = 10.0
GROWTH_BYTES = 64 << 20
FROZEN_CPU_SHARE = 0.15


@contextmanager
def broken(broker: Broker, how: str) -> Iterator[None]:
    """Without a broker inside; at the end it serves again."""
    if how == "killed":
        broker.kill()
        yield
        broker.start()
    else:
        os.kill(broker.pid, signal.SIGSTOP)
        yield
        os.kill(broker.pid, signal.SIGCONT)


def used(children: list[Child]) -> tuple[list[int], list[float]]:
    """Resident bytes and CPU seconds of each."""
    found = [psutil.Process(child.process.pid) for child in children]
    return [p.memory_info().rss for p in found], [sum(p.cpu_times()[:2]) for p in found]


def seconds_until_new(bootstrap: str, timeout_s: float) -> float:
    """Seconds until a redacted frame comes that was captured after now."""
    reader = KafkaReader(KafkaSettings(bootstrap), ["frames.redacted"], None, None, "test")
    try:
        return _wait(reader, time.time_ns(), timeout_s)
    finally:
        reader.close()


def _wait(reader: KafkaReader, after_ns: int, timeout_s: float) -> float:
    began_s = time.monotonic()
    while time.monotonic() - began_s < timeout_s:
        batch = reader.poll(0.2)
        for place in batch.assigned:
            reader.seek(place, 0)
        for record in batch.records:
            message = codec.decode(record.value or b"")
            if isinstance(message, Frame) and message.captured_at > after_ns:
                return time.monotonic() - began_s
    raise AssertionError(f"no new frame within {timeout_s} s")


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_chain_works_again_soon_after_the_broker_is_back(how: str, tmp_path: Path) -> None:
    """Memory stays bounded meanwhile, and nobody spins."""
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(tmp_path / "data", port=free_port()))
        common = ["--bootstrap", broker.bootstrap, "--log-level", "ERROR"]
        parts = [
            Child.start("redactor", ["moving", "--instance", "one", *common]),
            Child.start("detector", ["--instance", "one", *common]),
            Child.start("producer", [str(CLIP), "-n", "street", "--loop", *common]),
        ]
        for part in parts:
            stack.callback(part.stop)
        seconds_until_new(broker.bootstrap, 30)
        bytes_before, cpu_before = used(parts)
        with broken(broker, how):
            time.sleep(AWAY_S)  # the length of the outage is what is tested
            bytes_after, cpu_after = used(parts)
        assert seconds_until_new(broker.bootstrap, 30) < BACK_S
        for child in parts:
            child.check()
    for before, after in zip(bytes_before, bytes_after, strict=True):
        assert after - before < GROWTH_BYTES
    for before_s, after_s in zip(cpu_before[:2], cpu_after[:2], strict=True):
        assert (after_s - before_s) / AWAY_S < FROZEN_CPU_SHARE
