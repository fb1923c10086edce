"""Retention takes messages before a service has read them: it goes on with what is there, says it once, counts them."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import TopicPartition

from libs.common.bus import partition_of
from libs.common.commit_pace import COMMIT_EVERY_S, LONGEST_PAUSE_S
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.ops.kafka_broker import Broker
from tests.faults.feeder import Feeder
from tests.faults.surroundings import Chain, chain, tell
from tests.faults.watcher import Watcher, firsts, out_of_order, watching

SOURCE, DETECTED, REDACTED = TOPICS = "source.overtaken", "detected.overtaken", "redacted.overtaken"
CAMERA = "gate"
SESSION_S = 10
ENOUGH = 20
HOLD_NS = 1_000_000_000


@pytest.fixture(scope="module")
def services(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain(broker.bootstrap, tmp_path_factory.mktemp("logs"), TOPICS) as made:
        yield made


def delete_all(kafka: KafkaSettings, topic: str, partition: int) -> None:
    """What is there now, as retention does."""
    with Admin(kafka) as admin:
        client: Any = admin._client
        client.delete_records({TopicPartition(topic, partition): -1})


def shown_since(watcher: Watcher, at_ns: int) -> int:
    """Frames captured after a moment and not withheld."""
    return sum(each.captured_at > at_ns and each.withheld is None for each in watcher.on(REDACTED))


def not_published(services: Chain) -> float:
    """What the redactor says that it has not seen, and what it held and refused."""
    lost = services.count("redactor", "framebus_skipped_total{overtaken}")
    return lost + services.count("redactor", "framebus_dead_total{gap}")


@pytest.mark.parametrize("paused_s", [3, SESSION_S + 2], ids=["a-member", "thrown-out"])
def test_a_redactor_that_was_overtaken_goes_on_and_shows_nobody(paused_s: int, services: Chain) -> None:
    """Stopped by SIGSTOP for less, or for more, than its session lasts."""
    began_ns, before, said = time.time_ns(), not_published(services), len(services.said("redactor"))
    redactor = services.running["redactor"].process.pid
    with (
        watching(services.bootstrap, REDACTED) as watcher,
        Feeder(services.bootstrap, SOURCE, (CAMERA,)) as feeder,
    ):
        watcher.until(lambda: shown_since(watcher, began_ns) > ENOUGH, 30)
        os.kill(redactor, signal.SIGSTOP)
        time.sleep(paused_s)  # how long it is away is what is tested
        delete_all(services.kafka, DETECTED, partition_of(CAMERA, 6))
        os.kill(redactor, signal.SIGCONT)
        back_ns = time.time_ns()
        watcher.until(lambda: shown_since(watcher, back_ns) > ENOUGH, 30)
        counted = not_published(services) - before
        services.check()
    found = firsts(each for each in watcher.on(REDACTED) if each.captured_at > began_ns)
    after = next(index for index in range(1, len(found)) if found[index].seq > found[index - 1].seq + 1)
    missing = found[after].seq - found[after - 1].seq - 1
    told = [line for line in services.said("redactor")[said:].splitlines() if "overtaken" in line and "ERROR" in line]
    tell(f"paused {paused_s} s: {missing} overtaken or refused, {counted:g} counted: {told}")
    assert out_of_order(found) == []
    # Who was thrown out counts from the commit, and may have published a little more: a commit is due a second after
    # the last one has ended, later where that one took long, and held frames wait for it.
    assert missing <= counted <= missing + feeder.fps * (LONGEST_PAUSE_S + 2 * COMMIT_EVERY_S)
    assert len(told) == 1
    behind_gap = [each for each in found[after:] if each.captured_at - found[after].captured_at < HOLD_NS]
    assert {each.withheld for each in behind_gap} <= {"start", "gap"}
