"""What is tried again and again while the broker takes nothing: one of each waits for it, not one for every try."""

import time

import pytest

from libs.common.bus import Headers, Place
from libs.common.errors import PermanentError, TemporaryError
from libs.common.memory_bus import MemoryBus, MemoryDelivery, MemoryWriter
from services.notifier.ledger.kafka_ledger import KafkaLedger
from tests.notifier.ledger.ledger_rig import TOPIC, Log, knows, notice


class Away(MemoryWriter):
    """Takes what it is given to itself until `comes_back`."""

    def __init__(self, bus: MemoryBus) -> None:
        super().__init__(bus)
        self.kept: list[tuple[MemoryDelivery, Place, bytes | None, bytes | None]] = []
        self.is_away = True

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> MemoryDelivery:
        if not self.is_away:
            return super().send(place, key, value, headers)
        self.kept.append((MemoryDelivery(done=False), place, key, value))
        return self.kept[-1][0]

    def flush(self, timeout_s: float) -> bool:
        time.sleep(min(timeout_s, 0.002))
        return not self.is_away

    def connected(self) -> bool:
        return not self.is_away

    def comes_back(self) -> None:
        self.is_away = False
        for delivery, place, key, value in self.kept:
            super().send(place, key, value)
            delivery.done = True


def away(log: Log) -> tuple[Away, KafkaLedger]:
    writer = Away(log.bus)
    ledger = KafkaLedger(log.reader, writer, TOPIC, "a", False, "00000001", log.clock, within_s=0.02)
    log.ledgers.append(ledger)
    return writer, ledger


def test_one_claim_of_a_notice_is_on_its_way_at_a_time(log: Log) -> None:
    """However often it is tried; once the broker has that one, the next one counts."""
    writer, ledger = away(log)
    for number in (0, 1) * 5:
        log.advance(5)
        with pytest.raises(TemporaryError, match=r"has not taken (a notice|an earlier claim) within 0\.02 s"):
            ledger.claim(notice(number))
    assert len(writer.kept) == 2
    ledger.start()
    writer.comes_back()
    knows(ledger, notice(0), "claimed")
    assert ledger.claim(notice(0)) is not None


def test_one_dead_letter_of_a_notice_is_on_its_way_at_a_time(log: Log) -> None:
    """A topic of dead letters that is gone must not get as many as there were tries."""
    writer, ledger = away(log)
    for number in (0, 1) * 5:
        with pytest.raises(TemporaryError, match=r"has not taken a dead letter within 0\.02 s"):
            ledger.bury(notice(number), PermanentError("no such chat"))
    assert len(writer.kept) == 2
