"""Thousands of messages that were good once, one for each good one, through detector and redactor.

FRAMEBUS_TEST_FUZZ says how many, FRAMEBUS_TEST_SEED repeats a run.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from libs.common import codec
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import End
from tests.faults.hostile import Bus, bus, ended
from tests.faults.judge import Judge, check_safe, letters_of, outs_of
from tests.faults.mutants import CANARY, good, looked_at, mutant, rich
from tests.faults.oracle import message
from tests.faults.surroundings import Chain, seed, setting

FUZZ = int(setting("FUZZ", 1000))
WARM_UP = 200
CHUNK = 50
IN_THE_CHAIN = 300
GROWTH_BYTES = 50 << 20
HANG_S = 60.0
SECOND_HALF = 1 << 31
GOOD = b"porch"


@dataclass
class Fuzz:
    """Detector and redactor between topics a, b and c; good frames into a, hostile ones into a and b."""

    bus: Bus
    chain: Chain
    dice: Random
    sent: int = 0
    most_bytes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.a, self.b, self.c = self.chain.topics
        self.into_a, self.into_b = self.bus.feed(self.bus.topic(self.a)), self.bus.feed(self.bus.topic(self.b))
        self.out = self.bus.log(self.bus.topic(self.c))
        self.came: list[int] = []
        self._seen = 0

    def start(self) -> None:
        self.chain.start("redactor", "--max-hold", "3", ready=False)
        self.chain.start("detector")
        self.chain.running["redactor"].wait_ready(HANG_S)

    def send_good(self, count: int) -> None:
        for _ in range(count):
            self.into_a.put(codec.encode(good(self.sent)), GOOD)
            self.sent += 1

    def send_mixed(self, count: int) -> None:
        """One hostile record behind each good one: every other one for the redactor itself."""
        for _ in range(count):
            self.send_good(1)
            number = self.sent
            if number % 2:
                self.into_a.put(*mutant(self.dice, rich(number)))
            else:
                self.into_b.put(*mutant(self.dice, looked_at(SECOND_HALF + number)))

    def follow(self, missing: int) -> None:
        """Read the end of the chain until no more than so many good frames are still in it."""
        self.out.until(lambda: len(self._good()) >= self.sent - missing, HANG_S)
        for name, used in self.used().items():
            self.most_bytes[name] = max(used, self.most_bytes.get(name, 0))

    def _good(self) -> list[int]:
        """The numbers of the good frames at the end of the chain, as they came."""
        for record in self.out.records[self._seen :]:
            wire = message(record.value, None)
            if record.key == GOOD and isinstance(wire, dict) and wire["type"] == "frame":
                self.came.append(wire["seq"])
        self._seen = len(self.out.records)
        return self.came

    def used(self) -> dict[str, int]:
        """Resident bytes of each service."""
        return {name: psutil.Process(child.process.pid).memory_info().rss for name, child in self.chain.running.items()}

    def finish(self) -> None:
        end = End(camera=GOOD.decode(), boot="00000001", last_seq=self.sent - 1)
        self.into_a.put(codec.encode(end), GOOD)
        self.follow(0)

    def judged(self, service: str, topic: str, output: str) -> Judge:
        """What became of everything on a topic, as soon as nothing is under way."""
        inputs = self.bus.log(topic).read_all()
        dead, outs = self.bus.log(f"{topic}.dead"), self.bus.log(output)
        deadline_s = time.monotonic() + HANG_S
        while True:
            found = Judge(service, inputs, letters_of(dead.read_all()), outs_of(outs.read_all())).run()
            if not found.undecided or time.monotonic() > deadline_s:
                break
        assert len(dead.records) == len(found.dead), "a dead letter twice"
        assert CANARY.encode() not in b"".join(value for record in dead.records for _, value in record.headers)
        return found


def test_hostile_messages_cost_nothing_but_themselves(
    kafka: KafkaSettings, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    """No crash, no hang; all good ones arrive in order, each bad one is a dead letter for the right reason."""
    topics = (fresh("a"), fresh("b"), fresh("c"))
    with bus(kafka) as made, ended(Chain(kafka.bootstrap, tmp_path, topics)) as chain:
        fuzz = Fuzz(made, chain, Random(seed()))
        fuzz.start()
        fuzz.send_good(WARM_UP)
        fuzz.follow(IN_THE_CHAIN // 10)
        before, began_s = fuzz.used(), time.monotonic()
        while fuzz.sent < WARM_UP + FUZZ:
            fuzz.send_mixed(CHUNK)
            fuzz.follow(IN_THE_CHAIN)
        fuzz.finish()
        took_s = time.monotonic() - began_s
        growth = {name: fuzz.most_bytes[name] - used for name, used in before.items()}
        detector, redactor = fuzz.judged("detector", fuzz.a, fuzz.b), fuzz.judged("redactor", fuzz.b, fuzz.c)
        for judge in (detector, redactor):
            sys.stdout.write(f"{judge.service}: {dict(sorted(judge.counts.items()))}\n")
        sys.stdout.write(f"{FUZZ} in {took_s:.1f} s; grown by { {name: n >> 20 for name, n in growth.items()} } MiB\n")
        assert detector.wrong[:10] == redactor.wrong[:10] == []
        assert fuzz.came == list(range(fuzz.sent))
        assert check_safe(outs_of(fuzz.bus.log(fuzz.b).read_all()), fuzz.bus.log(fuzz.c).read_all()) > FUZZ / 2
        chain.check()
        for name, child in chain.running.items():
            assert child.process.poll() is None
            assert (child.status() or {}).get("ready")
            assert CANARY not in chain.said(name)
        assert all(grown < GROWTH_BYTES for grown in growth.values())
