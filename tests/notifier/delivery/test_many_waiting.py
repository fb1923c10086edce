"""Thousands wait for a channel: what happens then costs no more than before, as nothing that waits is read again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from libs.common import codec
from libs.common.messages import Message
from libs.common.metrics import Metrics
from services.notifier.book import Book
from services.notifier.delivery.limits import Limits
from services.notifier.delivery.notice_counts import NoticeCounts
from services.notifier.delivery.summaries import Summaries
from services.notifier.ledger import queues
from services.notifier.ledger.kafka_ledger import KafkaLedger
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import FakeChannel, fake_settings
from tests.notifier.ledger.ledger_rig import Log, log_of_copies, notice, now, until

CHANNEL = "office"
MANY = 1500
BOOK = Book(rules=(Rule("somebody", (CHANNEL,)), Rule("alarm", (CHANNEL,), urgent=True)), channels={})
NIGHT = ("00:00-12:00", "12:00-24:00")


class Reads:
    """In the place of libs.common.codec: counts what is decoded once more."""

    count = 0

    def decode(self, value: bytes) -> Message:
        self.count += 1
        return codec.decode(value)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    made = Reads()
    monkeypatch.setattr(queues, "codec", made)
    return made


@pytest.fixture
def log() -> Iterator[Log]:
    with log_of_copies() as made:
        yield made


def book(log: Log, *quiet: str, per: float = 60) -> Book:
    settings = fake_settings(FakeChannel(log.clock), limit=1000, per=per, quiet=quiet)
    return replace(BOOK, channels={CHANNEL: settings})


def many(log: Log, state: str) -> KafkaLedger:
    """They happened a second after each other; the last one now."""
    for number in range(MANY):
        log.put(notice(number, state=state))
    ledger = log.copy()
    log.advance(MANY)
    return ledger


def happens(log: Log, ledger: KafkaLedger, number: int, **fields: str) -> None:
    """And it is known."""
    log.put(ledger.sign(notice(number, **fields)))
    until(lambda: ledger._index.entry(notice(number).id) is not None)


def test_who_is_admitted_is_not_asked_of_all_that_wait(log: Log, reads: Reads) -> None:
    """Each event reads at most itself."""
    ledger = many(log, "waiting")
    limits, rules = Limits(ledger, log.clock), book(log)
    for number in range(MANY, MANY + 20):
        assert limits.state(rules, CHANNEL, False, now(log), now(log), notice(number).id) == "waiting"
        happens(log, ledger, number)
    assert limits.room(rules, CHANNEL, now(log)) == 1000 - 20 - 60
    assert reads.count <= 20


def test_figures_read_nothing(log: Log, reads: Reads) -> None:
    """And do not end at a thousand."""
    ledger, metrics = many(log, "waiting"), Metrics()
    NoticeCounts(metrics, ledger, log.clock).opened(CHANNEL, lambda: 0.0)
    values = metrics.values()
    assert values["framebus_notices_waiting{office}"] == MANY
    assert values["framebus_notices_oldest_seconds{office}"] == MANY
    assert reads.count == 0


@pytest.mark.parametrize(("quiet", "per"), [(NIGHT, 60), ((), 3600)], ids=["at night", "too early"])
def test_a_look_for_a_summary_that_is_not_to_be_made_reads_nothing(
    log: Log, reads: Reads, quiet: tuple[str, ...], per: float
) -> None:
    """It is looked every second, for a whole night."""
    ledger = many(log, "gathered")
    limits, rules = Limits(ledger, log.clock), book(log, *quiet, per=per)
    summaries = Summaries(CHANNEL, ledger, limits, log.clock)
    for number in range(MANY, MANY + 20):
        happens(log, ledger, number, state="gathered")
        log.advance(1)
        assert not summaries.make(rules)
    assert reads.count == 0


def test_what_is_urgent_is_found_behind_a_thousand_that_are_not(log: Log, reads: Reads) -> None:
    """At night its summary tells it alone."""
    ledger = many(log, "gathered")
    happens(log, ledger, MANY, state="gathered", rule="alarm")
    log.advance(61)
    limits, rules = Limits(ledger, log.clock), book(log, *NIGHT)
    assert [each.event for each in limits.gathered(rules, CHANNEL, now(log))] == [f"e{MANY}"]
    assert Summaries(CHANNEL, ledger, limits, log.clock).make(rules)
    assert reads.count == 2
