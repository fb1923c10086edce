"""Copies that read the log late, claim at the same time and die: whatever happens, they agree, and so do later ones."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.messages import Notice, replace
from libs.common.testing import FakeClock
from services.notifier.ledger.index import Index
from services.notifier.ledger.reading import read
from services.notifier.ledger.standing import LEASE_S
from services.notifier.ledger.truths import AGAIN_S, Truths
from tests.notifier.ledger.ledger_rig import TOPIC, notice

NOTICES = 4
COPIES = 3
STEPS = 300
SENDING_MS = 25_000


@dataclass
class Shared:
    """The log: one partition, its time in ms."""

    records: list[Record] = field(default_factory=list)
    now_ms: int = 1_000_000

    def append(self, message: Notice, value: bytes | None = None) -> None:
        place, key = Place(TOPIC, 0), message.id.encode()
        self.records.append(Record(place, len(self.records), key, value or codec.encode(message), (), self.now_ms))

    def compacted(self) -> list[Record]:
        """The newest of each key."""
        return sorted({record.key: record for record in self.records}.values(), key=lambda record: record.offset)


@dataclass
class Copy:
    """One life of one copy: what it has read, what it sends."""

    log: Shared
    name: str
    index: Index = field(default_factory=Index)
    clock: FakeClock = field(default_factory=FakeClock)
    position: int = 0
    asked: set[str] = field(default_factory=set)
    sending: tuple[Notice, int] | None = None
    sent: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.truths = Truths(self.clock)

    def read(self, count: int) -> None:
        """The next records; what wins is sent."""
        for record in self.log.records[self.position : self.position + count]:
            self.position += 1
            found = read(record)
            assert found is not None
            counts = self.index.take(record, found)
            is_ours = found.state == "claimed" and found.by == self.name
            if counts and is_ours and found.id in self.asked and self.log.now_ms - record.timestamp_ms < 4_000:
                self.sending = found, self.log.now_ms
                self.sent[found.id] += 1
            if is_ours:
                self.asked.discard(found.id)
        self.clock.running_s = self.log.now_ms / 1000
        if self.position == len(self.log.records):
            for message, value in self.truths.of(self.index):
                self.log.append(message, value)

    def act(self, random: Random) -> None:
        """Finish what is sent, or claim what looks due."""
        if self.sending is not None:
            message, since_ms = self.sending
            if random.random() < 0.3 or self.log.now_ms - since_ms > SENDING_MS:
                self.sending = None
                self.log.append(replace(message, state="sent", sent_at=1))
            return
        for number in range(NOTICES):
            standing = self.index.standing(notice(number).id)
            if standing is None or standing.state not in ("waiting", "claimed") or self.asked:
                continue
            is_outlived = self.log.now_ms - standing.at_ms >= LEASE_S * 1000
            if standing.state == "waiting" or is_outlived or random.random() < 0.05:
                self.asked.add(notice(number).id)
                self.log.append(notice(number, state="claimed", by=self.name, life=self.name))
                return


@dataclass
class Site:
    """Copies that come and go."""

    random: Random
    log: Shared = field(default_factory=Shared)
    copies: list[Copy] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    died_sending: Counter[str] = field(default_factory=Counter)
    lives: int = 0

    def begin(self) -> None:
        self.lives += 1
        self.copies.append(Copy(self.log, f"copy{self.lives}"))

    def end(self, copy: Copy) -> None:
        self.copies.remove(copy)
        self.sent += copy.sent
        if copy.sending is not None:
            self.died_sending[copy.sending[0].id] += 1

    def step(self) -> None:
        random = self.random
        self.log.now_ms += random.choice([1, 5, 100, 500])
        copy = random.choice(self.copies)
        copy.read(random.choice([0, 1, 100]))
        if random.random() < 0.1:
            self.log.append(notice(random.randrange(NOTICES)))
        if random.random() < 0.6:
            copy.act(random)
        if random.random() < 0.01:
            self.end(copy)
            self.begin()


def outcome(copy: Copy, number: int) -> str | None:
    """What it knows of it; of a claim that somebody died with nothing needs to be left but that it is open."""
    standing = copy.index.standing(notice(number).id)
    return None if standing is None else standing.state.replace("claimed", "waiting")


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_sent_twice_unless_its_sender_died_and_all_agree_after_compaction(seed: int) -> None:
    """Reading late, stages that write the same event again, kills in the middle: random, the same in every run."""
    site = Site(Random(seed))
    for _ in range(COPIES):
        site.begin()
    for _ in range(STEPS):
        site.step()
    for copy in site.copies * 3:
        site.log.now_ms += round(AGAIN_S * 1000)
        copy.read(10_000)
    later = Copy(site.log, "later")
    site.log.records = site.log.compacted()
    later.read(10_000)
    for number in range(NOTICES):
        assert len({outcome(copy, number) for copy in (later, *site.copies)}) == 1
    for copy in [*site.copies]:
        site.end(copy)
    assert site.sent
    assert all(count <= 1 + site.died_sending[name] for name, count in site.sent.items())
