"""A retry comes when it was asked for, whatever becomes of the wall clocks."""

import pytest

from libs.common.messages import Notice
from services.notifier.ledger.kafka_ledger import KafkaLedger
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, Log, due, notice, until

DAY_S = 86_400


def failed(at_ns: int, wait_s: float = 5.0) -> Notice:
    """Tried at that moment by the clock of whoever tried it."""
    return notice(attempts=1, due_at=at_ns + round(wait_s * SECOND_NS), error="503")


def is_due(ledger: KafkaLedger, log: Log) -> bool:
    return due(ledger, log) is not None


@pytest.mark.parametrize("set_s", [-400 * DAY_S, -60, 60, 400 * DAY_S])
def test_a_clock_that_is_set_meanwhile_changes_nothing(log: Log, set_s: int) -> None:
    """Neither late, nor one attempt after the other."""
    ledger = log.copy()
    ledger.write(failed(log.clock.now_ns()))
    log.clock.wall_ns += set_s * SECOND_NS
    assert not is_due(ledger, log)
    log.clock.advance(4.9)
    assert not is_due(ledger, log)
    log.clock.advance(0.2)
    assert is_due(ledger, log)


@pytest.mark.parametrize("wait_s", [5.0, float(DAY_S)])
def test_what_a_clock_that_was_ahead_has_written_waits_a_day_at_most(log: Log, wait_s: float) -> None:
    """By the log, from the record on: whoever wrote it is gone, and nobody knows how long it was meant to wait."""
    log.put(failed(AT + 400 * DAY_S * SECOND_NS, wait_s))
    ledger = log.copy()
    log.advance(DAY_S - 1)
    assert not is_due(ledger, log)
    log.advance(2)
    assert is_due(ledger, log)


def test_copies_whose_clocks_are_ahead_of_the_log_wait_too(log: Log) -> None:
    """No attempt follows the other because the log is of another time."""
    log.put(failed(AT + 400 * DAY_S * SECOND_NS))
    ledger = log.copy()
    log.clock.wall_ns += 400 * DAY_S * SECOND_NS
    assert not is_due(ledger, log)
    log.clock.advance(5.1)
    assert is_due(ledger, log)


def test_a_day_that_was_asked_for_is_waited_for(log: Log) -> None:
    """The longest that a server may ask for."""
    ledger = log.copy()
    ledger.write(failed(log.clock.now_ns(), DAY_S))
    later = log.copy("b")
    for _ in range(24):
        assert not is_due(ledger, log)
        assert not is_due(later, log)
        log.advance(DAY_S / 24)
    assert is_due(ledger, log)
    assert is_due(later, log)


def test_what_another_copy_asked_for_since_counts(log: Log) -> None:
    """Ours was before that."""
    first, second = log.copy("a"), log.copy("b")
    first.write(failed(log.clock.now_ns()))
    second.write(notice(attempts=2, due_at=log.clock.now_ns() + 60 * SECOND_NS))
    until(lambda: [each.attempts for each in first.waiting("office")] == [2])
    log.advance(30)
    assert not is_due(first, log)
    log.advance(31)
    assert is_due(first, log)
