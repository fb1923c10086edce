"""framebus status on a broker: what it reads, its exit status, what it takes out."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_settings import KafkaSettings
from libs.common.keyed import key_of
from libs.common.messages import Message, Producer, Status
from libs.ops.ports import free_port
from libs.ops.status_command import main
from tests.common.kafka_tools import make_topic, writing

Fresh = Callable[[str], str]


def having(*cameras: str) -> Producer:
    """A producer that has these."""
    return Producer(host="edge", instance="a", version="1", cameras=cameras, seen_at=time.time_ns())


def run(kafka: KafkaSettings, *argv: str) -> int:
    return main([*argv, "--bootstrap", kafka.bootstrap])


def write(kafka: KafkaSettings, topic: str, *messages: Message) -> None:
    """A topic with these messages."""
    make_topic(kafka, topic, 6)
    with writing(kafka) as writer:
        count = writer.partitions(topic)
        for message in messages:
            key = key_of(message) or ""
            writer.send(Place(topic, partition_of(key, count)), key.encode(), codec.encode(message))
        assert writer.flush(10)


def test_it_reads_the_whole_topic_of_a_broker(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest of each camera; --strict says by the exit status whether all is well."""
    topic, now_ns = fresh("cameras"), time.time_ns()
    messages = [Status(camera=f"c{n % 40}", state="connected", since=now_ns + n) for n in range(200)]
    write(kafka, topic, *messages, having(*(f"c{n}" for n in range(40))))
    assert run(kafka, "--json", "--strict", "-i", topic) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["cameras"]) == 40
    assert run(kafka, "--strict", "-i", topic, "c1", "nix") == 1
    assert run(kafka, "-i", topic, "nix") == 0


def test_a_topic_that_is_not_there_is_one_line(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1; --check says how it is made."""
    topic = fresh("cameras")
    assert run(kafka, "-i", topic) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"topic {topic} is not there" in line
    assert run(kafka, "-i", topic, "--check") == 1
    assert f"framebus topics create {topic}" in capsys.readouterr().out


def test_an_empty_topic_is_read_quickly(kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is waited for."""
    topic = fresh("cameras")
    write(kafka, topic)
    assert run(kafka, "-i", topic) == 0
    assert capsys.readouterr().out == "no camera has told its state\n"


def test_a_broker_that_is_away_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and the address that was tried."""
    address = f"127.0.0.1:{free_port()}"
    assert main(["--bootstrap", address]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert address in line


@pytest.mark.parametrize("argv", [["-i", "-"], ["-i", "a b"], ["po rch"], ["--what"], ["--forget"]])
def test_wrong_words_are_status_2_and_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Which names the word."""
    assert main(argv) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_it_is_a_command_of_framebus(kafka: KafkaSettings, fresh: Fresh) -> None:
    """As a process of its own, without kafka-python's chatter."""
    topic = fresh("cameras")
    write(kafka, topic, Status(camera="porch", state="connected", since=time.time_ns(), host="edge"))
    command = [sys.executable, "-m", "services", "status", "-i", topic, "--bootstrap", kafka.bootstrap]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert "porch   unknown" in done.stdout


def test_a_camera_that_is_no_more_can_be_forgotten(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """But not one that a producer has now; both are said, and status 1 that not all were taken out."""
    topic = fresh("cameras")
    states = [Status(camera=name, state="stopped", since=time.time_ns()) for name in ("old", "older", "porch")]
    write(kafka, topic, *states, having("porch"))
    assert run(kafka, "-i", topic, "--forget", "old*") == 0
    assert run(kafka, "-i", topic, "--forget", "porch") == 1
    assert capsys.readouterr().out.splitlines() == [
        "old: forgotten",
        "older: forgotten",
        "porch: kept, edge/a has it now",
    ]
    assert run(kafka, "-i", topic, "--json") == 0
    assert [camera["camera"] for camera in json.loads(capsys.readouterr().out)["cameras"]] == ["porch"]
