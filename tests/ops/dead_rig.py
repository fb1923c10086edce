"""What the tests of framebus dead share: letters as a service writes them, and the command as an operator calls it."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pytest

from libs.common import codec
from libs.common.bus import Headers, Place, Record, partition_of
from libs.common.dead_letters import DeadLetters
from libs.common.errors import PermanentError
from libs.common.kafka_settings import KafkaSettings
from libs.common.metrics import Metrics
from libs.common.testing import frame
from libs.common.topics import PARTITIONS
from libs.ops.dead_command import main
from tests.common.kafka_tools import gather, reading, writing

Fresh = Callable[[str], str]
GROUP = "framebus.detector.a-b"


@dataclass(frozen=True)
class Refused:
    """A message that a service did not take."""

    value: bytes
    key: bytes | None = b"porch"
    error: Exception = PermanentError("not one bounded msgpack map (ValueError)", "bad-message")  # noqa: RUF009
    service: str = "detector"
    group: str = GROUP


def frames(camera: str, *numbers: int) -> list[Refused]:
    """Good frames of a camera, refused by a bug that is gone by now."""
    error = ValueError("division by zero")
    return [Refused(codec.encode(frame(camera, seq)), camera.encode(), error) for seq in numbers]


def bury(kafka: KafkaSettings, source: str, refused: Sequence[Refused]) -> None:
    """Write them to <source>.dead, the n-th as if it had been offset n of its camera's partition."""
    with writing(kafka) as writer:
        for number, item in enumerate(refused):
            place = Place(source, partition_of((item.key or b"").decode(errors="replace"), PARTITIONS))
            letters = DeadLetters(writer, item.group, item.service, Metrics())
            letters.write(Record(place, number, item.key, item.value), item.error)


def put(kafka: KafkaSettings, topic: str, records: Iterable[tuple[bytes | None, bytes, Headers]]) -> None:
    """Write records to partition 0 as anybody might."""
    with writing(kafka) as writer:
        writer.partitions(topic)
        for key, value, headers in records:
            writer.send(Place(topic, 0), key, value, headers)
        assert writer.flush(20)


def records_of(kafka: KafkaSettings, topic: str, count: int) -> list[Record]:
    """The first records of a topic, those of a partition in order."""
    with reading(kafka, [topic]) as reader:
        return gather(reader, lambda found: len(found.records) >= count).records


def safe_source() -> str:
    """A safe topic that nobody used before."""
    return f"frames.redacted.redriven-{uuid.uuid4().hex}"


@dataclass(frozen=True)
class Answer:
    """What the command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Dead = Callable[..., Answer]


def dead_command(kafka: KafkaSettings, capsys: pytest.CaptureFixture[str]) -> Dead:
    """`framebus dead` with these words, against this broker."""

    def run(*words: str) -> Answer:
        capsys.readouterr()
        status = main([*words, "--bootstrap", kafka.bootstrap])
        return Answer(status, *capsys.readouterr())

    return run
