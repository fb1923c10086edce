"""A topic that is gone keeps nothing of the others that one writer writes: what waits for it stands in no way."""

import time
from collections.abc import Callable
from typing import Any

import kafka.errors
import pytest

from libs.common import kafka_writer
from libs.common.bus import Place
from libs.common.kafka_delivery import KafkaDelivery
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter


class Taken:
    """A future that is done."""

    def add_callback(self, call: Callable[[Any], None]) -> None:
        call(None)

    def add_errback(self, call: Callable[[Exception], None]) -> None:
        pass


class Producer:
    """Takes records of topics that are there, at once; `away`: the others. As a client it knows nothing."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.taken: list[tuple[str, bytes]] = []
        self.cluster, self._transaction_manager, self._sender = self, None, self

    def send(self, topic: str, value: bytes, **rest: Any) -> Taken:
        if topic in self.away:
            raise kafka.errors.KafkaTimeoutError("no metadata")
        self.taken.append((topic, value))
        return Taken()

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return None if topic in self.away else {0}

    def silent_s(self) -> float:
        return 0.0


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Producer:
    made = Producer()
    monkeypatch.setattr(kafka_writer, "connect", lambda kind, config: (made, made))
    monkeypatch.setattr(kafka_writer, "RETRY_S", 0.02)
    return made


def sent(writer: KafkaWriter, *topics: str) -> list[KafkaDelivery]:
    return [writer.send(Place(topic, 0), b"key", bytes([number])) for number, topic in enumerate(topics)]


def until_done(writer: KafkaWriter, delivery: KafkaDelivery) -> bool:
    until_s = time.monotonic() + 5
    while not delivery.done and time.monotonic() < until_s:
        writer.flush(0.05)
    return delivery.done


def test_what_met_a_hiccup_goes_before_what_waits_for_a_topic_that_is_gone(producer: Producer) -> None:
    """Though that was sent first, and though there are two such topics."""
    writer = KafkaWriter(KafkaSettings(), "test")
    producer.away = {"gone", "lost", "notices"}
    gone, lost, first, second = sent(writer, "gone", "lost", "notices", "notices")
    producer.away -= {"notices"}
    assert until_done(writer, second)
    assert (gone.done, lost.done, first.done) == (False, False, True)
    producer.away.clear()
    assert writer.flush(5)
    assert (gone.error, lost.error) == (None, None)


def test_records_of_a_topic_that_was_away_keep_their_order(producer: Producer) -> None:
    """However the topics take turns meanwhile."""
    writer = KafkaWriter(KafkaSettings(), "test")
    producer.away = {"gone", "notices"}
    sent(writer, *["gone", "notices"] * 5)
    writer.flush(0.1)
    producer.away.clear()
    assert writer.flush(5)
    for first, topic in enumerate(("gone", "notices")):
        assert [value[0] for name, value in producer.taken if name == topic] == list(range(first, 10, 2))
