"""Records that the broker refuses, under the running detector: that one is a dead letter, later ones go through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import kafka.admin
import pytest

from libs.common import codec, images
from libs.common.bus import Place, partition_of
from libs.common.errors import PermanentError
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame, replace
from libs.common.testing import picture
from tests.common.kafka_tools import until, writing
from tests.faults.hostile import Bus, Feed, Log, bus, ended, seqs
from tests.faults.judge import header
from tests.faults.mutants import good
from tests.faults.surroundings import Chain

WITHIN_S = 30.0
AFTER = 20
CANARY = "hunter2 canary"
SMALL = images.encode(picture(32, 24))
Fresh = Callable[[str], str]


@dataclass
class Detector:
    """A running detector, what is sent to it, and all that it writes."""

    settings: KafkaSettings
    output: str
    into: Feed
    out: Log
    dead: Log
    sent: int = 0
    small: set[int] = field(default_factory=set)

    def send(self, count: int = 1, small: bool = False) -> None:
        for _ in range(count):
            frame = good(self.sent)
            frame = replace(frame, image=SMALL, width=32, height=24, camera="tiny") if small else frame
            self.into.put(codec.encode(frame), frame.camera.encode())
            self.small |= {self.sent} if small else set()
            self.sent += 1

    def alter(self, **configs: str) -> None:
        """Other settings for the output topic, while it is written."""
        named = {name.replace("_", "."): value for name, value in configs.items()}
        resource = kafka.admin.ConfigResource(kafka.admin.ConfigResourceType.TOPIC, self.output, named)
        with Admin(self.settings) as admin:
            admin._client.alter_configs([resource])

    def send_until(self, log: Log, more: int) -> None:
        """Frame by frame, until so many more have come there: an altered setting takes a moment."""
        wanted = len(log.records) + more
        until(lambda: self._send_and_look(log) >= wanted, WITHIN_S)

    def _send_and_look(self, log: Log) -> int:
        self.send()
        log.more()
        return len(log.records)

    def finish(self) -> tuple[list[int], dict[int, str]]:
        """The frames that came out, in their order, and the dead letters with their reasons, when nothing is left."""
        self.send(AFTER)
        self.out.until(lambda: self.sent - 1 in seqs(self.out.records), WITHIN_S)
        until(lambda: len(self.out.records) + len(self.dead.read_all()) >= self.sent, WITHIN_S)
        letters = [(codec.decode(record.value or b""), header(record, "reason")) for record in self.dead.records]
        return seqs(self.out.records), {frame.seq: why for frame, why in letters if isinstance(frame, Frame)}


@pytest.fixture
def made(kafka: KafkaSettings) -> Iterator[Bus]:
    """The bus of one test."""
    with bus(kafka) as found:
        yield found


@pytest.fixture
def detector(made: Bus, fresh: Fresh, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Detector]:
    """With an output topic of its own settings; it still runs at the end, and met no bug."""
    source, output = made.topic(fresh("in")), made.topic(fresh("out"), **getattr(request, "param", {}))
    with ended(Chain(made.settings.bootstrap, tmp_path, (source, output, ""))) as chain:
        child = chain.start("detector")
        yield Detector(made.settings, output, made.feed(source), made.log(output), made.log(f"{source}.dead"))
        chain.check()
        assert (child.status() or {}).get("ready")


def test_a_topic_that_becomes_too_small_costs_only_what_is_too_large(detector: Detector) -> None:
    """Small frames between the large ones go through; when it is large again, all do."""
    detector.send(5)
    detector.alter(max_message_bytes="5000")
    detector.send_until(detector.dead, 1)
    for _ in range(10):
        detector.send(1)
        detector.send(1, small=True)
    detector.alter(max_message_bytes=str(4 << 20))
    detector.send_until(detector.out, 20)
    came, dead = detector.finish()
    assert sorted([*came, *dead]) == list(range(detector.sent))
    assert set(dead.values()) == {"too-large"}
    assert detector.small <= set(came)
    assert [seq for seq in came if seq not in detector.small] == sorted(set(came) - detector.small)


@pytest.mark.parametrize("detector", [{"max_message_bytes": "5000"}], indirect=True)
def test_a_topic_that_always_was_too_small_is_known_before_sending(detector: Detector) -> None:
    """Every large one is a dead letter, every small one goes through."""
    for _ in range(10):
        detector.send(1)
        detector.send(1, small=True)
    until(lambda: len(detector.dead.read_all()) == 10, WITHIN_S)
    detector.out.until(lambda: len(detector.out.records) == 10, WITHIN_S)
    assert seqs(detector.out.records) == sorted(detector.small)
    assert {header(record, "reason") for record in detector.dead.records} == {"too-large"}


@pytest.mark.parametrize("detector", [{"message_timestamp_type": "CreateTime"}], indirect=True)
def test_a_time_that_the_broker_does_not_believe_costs_only_that_record(detector: Detector) -> None:
    """A topic that takes the sender's time and allows it no age."""
    detector.send(5)
    detector.alter(message_timestamp_before_max_ms="0")
    detector.send_until(detector.dead, 5)
    detector.alter(message_timestamp_before_max_ms=str(2**63 - 1))
    detector.send_until(detector.out, 20)
    came, dead = detector.finish()
    assert sorted([*came, *dead]) == list(range(detector.sent))
    assert came == sorted(came)
    assert set(dead.values()) == {"refused"}


def test_an_error_that_nobody_knows_costs_only_that_record(kafka: KafkaSettings, made: Bus, fresh: Fresh) -> None:
    """A compacted topic refuses what has no key with an error of its own, and a whole batch for one of it."""
    topic = made.topic(fresh("out"), cleanup_policy="compact")
    place = Place(topic, partition_of("gate", 6))
    values = [f"{number} {CANARY}".encode() for number in range(40)]
    with writing(kafka) as writer:
        sent = [writer.send(place, None if number % 8 == 7 else b"gate", v) for number, v in enumerate(values)]
        assert writer.flush(WITHIN_S)
    refused = {number: delivery.error for number, delivery in enumerate(sent) if delivery.error}
    out = made.log(topic)
    out.until(lambda: len(out.records) >= len(sent) - len(refused), WITHIN_S)
    assert [record.value for record in out.records] == [v for number, v in enumerate(values) if number not in refused]
    assert list(refused) == [7, 15, 23, 31, 39]
    for error in refused.values():
        assert isinstance(error, PermanentError)
        assert error.reason == "refused"
        assert CANARY not in str(error)
