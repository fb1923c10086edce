"""Couriers on the real ledger, with a log in memory: real threads, several copies."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from libs.common.messages import replace
from libs.common.metrics import Metrics
from services.notifier.book import Book
from services.notifier.channels.settings import Tools
from services.notifier.delivery.couriers import Couriers
from services.notifier.ledger.kafka_ledger import LEFT_TO_WRITER_S, KafkaLedger
from services.notifier.ledger.lives import new_life
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import FakeChannel, FakePictures, FakeText, fake_settings
from tests.notifier.ledger.ledger_rig import Log, log_of_copies, notice, until

CHANNEL = "office"
BETWEEN_S = 8.0
"""In a minute that is less than the limit, also where one counts twice on its way."""
POLL_S = 0.002


class Site:
    """Copies of the notifier that tell one receiver."""

    def __init__(self, log: Log, closing: ExitStack) -> None:
        self.log, self._closing = log, closing
        self.channel = FakeChannel(log.clock)
        settings = fake_settings(self.channel, limit=10, per=60)
        self.book = Book(rules=(Rule("somebody", (CHANNEL,)),), channels={CHANNEL: settings})

    def copy(self, instance: str, life: str = "00000001", fixed: bool = False) -> tuple[KafkaLedger, Couriers]:
        clock, ledger = self.log.clock, self.log.copy(instance, life, fixed)

        def tools(name: str) -> Tools:
            return Tools(name, instance, Path(), clock, lambda *_: None, lambda *_: None, dict)

        couriers = Couriers(
            ledger, lambda: self.book, FakeText(), FakePictures(), tools, lambda event: None, Metrics(), clock
        )
        ledger.heard = couriers.wake
        couriers.start()
        self._closing.callback(couriers.close)
        return ledger, couriers

    def happens(self, number: int, ledger: KafkaLedger, couriers: Couriers) -> None:
        """As the stage of that copy does it."""
        now_ns = self.log.clock.now_ns()
        made = notice(number, CHANNEL, at=now_ns + number, noticed_at=now_ns)
        state = couriers.limits.state(self.book, CHANNEL, False, made.at, now_ns, made.id)
        self.log.put(ledger.sign(replace(made, state=state)))

    def until_taken(self, count: int) -> None:
        """Time goes on meanwhile: who lost a claim, or leaves a notice to its writer, looks again after a moment."""

        def is_so() -> bool:
            self.log.advance(POLL_S)
            return len(self.channel.taken) >= count

        until(is_so)

    def told(self) -> list[str]:
        """All that the receiver has read of, in order."""
        notes = [note for _, note in self.channel.taken]
        return [event for note in notes for event in (note.text.split() if note.summary_of else [note.event])]


@pytest.fixture
def site() -> Iterator[Site]:
    with log_of_copies() as log, ExitStack() as closing:
        yield Site(log, closing)


def test_a_flood_is_the_limit_and_one_summary_that_names_all_the_rest(site: Site) -> None:
    """What a summary lists can still be read when it is sent."""
    ledger, couriers = site.copy("a")
    for number in range(1000):
        site.happens(number, ledger, couriers)
    site.until_taken(10)
    site.log.advance(61)
    site.until_taken(11)
    assert sorted(site.told()) == sorted(f"e{number}" for number in range(1000))


def test_copies_that_come_and_go_repeat_nothing(site: Site) -> None:
    """Each tells what it comes to first, in the order of the log."""
    first, second = site.copy("a"), site.copy("b")
    for number in range(60):
        if number == 20:
            first[1].close()
            first = site.copy("c")
        site.happens(number, *(first, second)[number % 2])
        site.until_taken(number + 1)
        site.log.advance(BETWEEN_S)
    assert site.told() == [f"e{number}" for number in range(60)]


def test_a_restart_repeats_nothing(site: Site) -> None:
    """The next life reads what was told, and goes on with what was not."""
    ledger, couriers = site.copy("a", fixed=True)
    for number in range(5):
        site.happens(number, ledger, couriers)
    site.until_taken(5)
    couriers.close()
    for number in range(5, 8):
        site.happens(number, ledger, couriers)
    site.log.advance(LEFT_TO_WRITER_S)
    site.copy("a", life=new_life(), fixed=True)
    site.until_taken(8)
    assert site.told() == [f"e{number}" for number in range(8)]


def test_two_processes_of_one_name_repeat_nothing(site: Site) -> None:
    """A mistake of the operator's, or a moment in which the old one has not ended: they are like two of two names."""
    copies = [site.copy("box", life=new_life(), fixed=True) for _ in range(2)]
    site.log.advance(1)
    for number in range(20):
        site.happens(number, *copies[number % 2])
        site.until_taken(number + 1)
        site.log.advance(BETWEEN_S)
    assert site.told() == [f"e{number}" for number in range(20)]


@pytest.mark.alone
def test_from_the_log_to_the_channel_it_is_a_moment(site: Site) -> None:
    """Read, claimed, read back, sent."""
    ledger, couriers = site.copy("a")
    late = []
    for number in range(20):
        began_s = time.monotonic()
        site.happens(number, ledger, couriers)
        site.until_taken(number + 1)
        late.append(time.monotonic() - began_s)
        site.log.advance(BETWEEN_S)
    assert sorted(late)[-2] < 0.2
