"""Every kind of poison once into the detector and once into the redactor, a good frame behind each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from libs.common import codec
from libs.common.bus import Record
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import End
from libs.common.topics import topic_named
from tests.faults.hostile import Bus, Feed, bus, ended
from tests.faults.judge import PASSES, Judge, header, identity, letters_of, outs_of
from tests.faults.mutants import CANARY, every_wrong_value, good, looked_at
from tests.faults.oracle import Wire, message
from tests.faults.poison import base, catalogue
from tests.faults.surroundings import Chain

KINDS = catalogue()
SERVICES = ("detector", "redactor")
WITHIN_S = 120.0
GOOD = b"porch"


@dataclass
class Poisoned:
    """One service that got everything: what it made of it, what it said, and whether it still runs."""

    service: str
    offsets: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    came: list[Record] = field(default_factory=list)
    inputs: list[Record] = field(default_factory=list)
    dead: list[Record] = field(default_factory=list)
    said: str = ""
    well: bool = False

    def feed(self, into: Feed) -> None:
        for number, (name, poison) in enumerate(KINDS.items()):
            self.offsets[name] = into.put_at(poison.made(base(number)), poison.key, poison.headers)
            self._good(into)
        for sent in every_wrong_value(looked_at, 1 << 20):
            into.put(*sent)
        self._good(into)
        into.put_at(codec.encode(End(camera=GOOD.decode(), boot="00000001", last_seq=self.sent)), GOOD)

    def _good(self, into: Feed) -> None:
        into.put(codec.encode(good(self.sent)), GOOD)
        self.sent += 1

    def watch(self, made: Bus, source: str, output: str) -> None:
        """Read until the good camera's end has come, and what is held of the others."""
        out, dead = made.log(output), made.log(f"{source}.dead")
        self.inputs = made.log(source).read_all()
        out.until(lambda: _has_end(out.records), WITHIN_S)
        self.came, self.dead = out.records, dead.read_all()
        out.until(lambda: not self.judged().undecided, WITHIN_S)

    def judged(self) -> Judge:
        return Judge(self.service, self.inputs, letters_of(self.dead), outs_of(self.came)).run()

    def fate(self, name: str) -> str:
        """What became of one poison."""
        letter = letters_of(self.dead).get(self.offsets[name])
        if letter is not None:
            return header(letter, "reason")
        record = self.inputs[self.offsets[name]]
        wire = message(record.value, record.key)
        assert isinstance(wire, dict)
        out = outs_of(self.came).get(identity(wire))
        return "lost" if out is None else _seen(out)


def _has_end(records: list[Record]) -> bool:
    """The good camera's; it is among the last, what was held of the other may come behind it."""
    return any(record.key == GOOD and b"last_seq" in (record.value or b"")[:80] for record in records[-500:])


def _seen(out: Wire) -> str:
    """How a message came out: of the detector as it was, of the redactor shown or black."""
    redaction = out.get("redaction")
    if redaction is None:
        return PASSES
    return f"black: {redaction['reason']}" if redaction["withheld"] else "shown"


@pytest.fixture(scope="module")
def poisoned(kafka: KafkaSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Poisoned]]:
    """Both services, each between topics of its own, after all of it."""
    done = {service: Poisoned(service) for service in SERVICES}
    with bus(kafka) as made:
        for service, told in done.items():
            _poison(made, told, kafka, tmp_path_factory.mktemp(service))
        yield done


def _poison(made: Bus, told: Poisoned, kafka: KafkaSettings, folder: Path) -> None:
    source, output = (made.topic(f"poison.{told.service}.{name}") for name in ("in", "out"))
    topics = (source, output, "") if told.service == "detector" else ("", source, output)
    with ended(Chain(kafka.bootstrap, folder, topics)) as chain:
        flags = ["--max-hold", "3"] if told.service == "redactor" else []
        child = chain.start(told.service, *flags)
        told.feed(made.feed(source))
        told.watch(made, source, output)
        chain.check()
        told.well = child.process.poll() is None and bool((child.status() or {}).get("ready"))
    told.said = chain.said(told.service)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", KINDS)
def test_each_poison_ends_as_the_table_says(poisoned: dict[str, Poisoned], name: str, service: str) -> None:
    """A dead letter with its reason, or out at the other side."""
    assert poisoned[service].fate(name) == getattr(KINDS[name], service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_wrong_value_in_every_field_has_the_right_fate(poisoned: dict[str, Poisoned], service: str) -> None:
    """By the page, read by another program; each dead letter holds what came, byte for byte."""
    judge = poisoned[service].judged()
    assert judge.wrong == []
    assert judge.counts["bad-message"] > 2000


@pytest.mark.parametrize("service", SERVICES)
def test_good_frames_between_poison_come_in_order_and_the_service_stays(
    poisoned: dict[str, Poisoned], service: str
) -> None:
    """None lost, none doubled; no traceback, still ready."""
    told = poisoned[service]
    frames = [wire for wire in outs_of(r for r in told.came if r.key == GOOD).values() if wire["type"] == "frame"]
    assert [frame["seq"] for frame in frames] == list(range(told.sent))
    assert told.well
    assert "Traceback" not in told.said


@pytest.mark.parametrize("service", SERVICES)
def test_no_error_shows_a_byte_of_the_message(poisoned: dict[str, Poisoned], service: str) -> None:
    """Neither in a dead letter's headers nor in the log; and the headers that came are not kept."""
    told = poisoned[service]
    assert CANARY not in told.said
    names = {"reason", "error", "topic", "partition", "offset", "group", "service", "attempts", "sha256"}
    for record in told.dead:
        assert CANARY.encode() not in b"".join(value for _, value in record.headers)
        assert {name for name, _ in record.headers} <= names


def test_dead_letters_of_a_raw_topic_are_raw() -> None:
    """Of the topics that have a name, and of all others."""
    for name in ("frames.source", "frames.detected", "poison.detector.in"):
        assert topic_named(f"{name}.dead").kind == "raw"
