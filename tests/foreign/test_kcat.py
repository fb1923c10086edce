"""kcat, which is librdkafka, reads every topic and the headers of dead letters, and finds the same partitions."""

from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common import codec
from libs.common.bus import Place, Record, partition_of
from libs.common.dead_letters import DeadLetters
from libs.common.errors import PermanentError
from libs.common.kafka_settings import KafkaSettings
from libs.common.metrics import Metrics
from libs.common.testing import frame
from libs.common.topics import PARTITIONS, TOPICS
from tests.common.kafka_tools import writing
from tests.foreign.conftest import Make, Run

Read = Callable[[str, str], list[str]]


@pytest.fixture
def read(kcat: Run) -> Read:
    """All records of a topic, in this format."""
    return lambda topic, form: kcat("-C", "-q", "-t", topic, "-o", "beginning", "-e", "-f", form + "\\n").splitlines()


@pytest.mark.parametrize("name", TOPICS)
def test_kcat_reads_every_topic(name: str, kafka: KafkaSettings, make: Make, read: Read) -> None:
    """As `framebus topics` makes it: key, size, partition and offset of each record."""
    topic, value = make(name), codec.encode(frame())
    with writing(kafka) as writer:
        for each in (value, b""):
            writer.send(Place(topic, partition_of("porch", PARTITIONS)), b"porch", each)
        assert writer.flush(10)
    assert read(topic, "%t %p %o %k %S") == [f"{topic} 5 0 porch {len(value)}", f"{topic} 5 1 porch 0"]


def test_kcat_shows_the_headers_of_a_dead_letter(kafka: KafkaSettings, make: Make, read: Read) -> None:
    """In the order of the page."""
    topic = make("frames.source")
    refused = Record(Place(topic, 0), 7, b"porch", b"no message")
    with writing(kafka) as writer:
        DeadLetters(writer, "group", "detector", Metrics()).write(refused, PermanentError("no map", "bad-message"))
    where = f"topic={topic},partition=0,offset=7"
    headers = f"reason=bad-message,error=no map,{where},group=group,service=detector,attempts=1"
    assert read(f"{topic}.dead", "%k %S %h") == [f"porch 10 {headers}"]


@pytest.mark.parametrize("camera", ["porch", "garage-2", "a", "door.east_4"])
def test_kcat_with_murmur2_finds_our_partition(
    camera: str,
    make: Make,
    kcat: Run,
    read: Read,
    tmp_path: Path,
) -> None:
    """A frame from a file, written with `partitioner=murmur2_random`."""
    topic = make("frames.source")
    (tmp_path / "frame").write_bytes(codec.encode(frame(camera)))
    kcat("-P", "-t", topic, "-k", camera, "-X", "partitioner=murmur2_random", "frame")
    assert read(topic, "%p %k") == [f"{partition_of(camera, PARTITIONS)} {camera}"]
