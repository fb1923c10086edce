"""framebus topics: what it makes, what it says, its exit status."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import TOPICS
from libs.ops.ports import free_port
from libs.ops.topics_command import main, table
from tests.common.kafka_tools import make_topic

Fresh = Callable[[str], str]


def run(kafka: KafkaSettings, *argv: str) -> int:
    return main([*argv, "--bootstrap", kafka.bootstrap])


def test_create_without_names_makes_every_topic_and_its_dead_letters(
    kafka: KafkaSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each; a second time it says that they are there, and is content."""
    assert run(kafka, "create") == 0
    first = capsys.readouterr().out.splitlines()
    assert len(first) == 2 * len(TOPICS)
    assert run(kafka, "create") == 0
    assert all(line.endswith("there already") for line in capsys.readouterr().out.splitlines())
    with Admin(kafka) as admin:
        assert set(table()) <= admin.names()
    assert run(kafka, "check") == 0
    assert "topic frames.redacted.dead: safe, as it should be" in capsys.readouterr().out.splitlines()


def test_named_topics_are_made_listed_and_checked(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """Undeclared ones are raw; a missing one is status 1 and shown with the command that makes it."""
    name = fresh("own")
    assert run(kafka, "check", name) == 1
    assert f"topic {name}: missing (framebus topics create {name})" in capsys.readouterr().out
    assert run(kafka, "list", name) == 1
    assert run(kafka, "create", name) == 0
    assert f"topic {name}: raw, made\n" in capsys.readouterr().out
    assert run(kafka, "list", name) == 0
    assert run(kafka, "list") == 0
    out = capsys.readouterr().out
    assert f"topic {name}: raw, 6 partitions\n" in out
    assert "__consumer_offsets" not in out


def test_a_topic_may_be_made_like_another_one(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whoever has the right, for a service that has not."""
    name = fresh("own")
    assert run(kafka, "create", name, "--like", "notices") == 0
    assert run(kafka, "check", name, "--like", "notices") == 0
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == (f"topic {name}: safe, made", f"topic {name}: safe, as it should be")


def test_a_topic_with_other_settings_is_status_1(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is wrong and what it should be."""
    name = fresh("other")
    make_topic(kafka, name, max_message_bytes="1000")
    assert run(kafka, "check", name) == 1
    assert "max.message.bytes is 1000 instead of 4194304" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["create", "list", "check"])
def test_a_broker_that_is_away_is_one_line_within_seconds(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and the address that was tried."""
    start_s, address = time.monotonic(), f"127.0.0.1:{free_port()}"
    assert main([action, "--bootstrap", address]) == 1
    assert time.monotonic() - start_s < 5
    captured = capsys.readouterr()
    assert len((captured.out + captured.err).splitlines()) == 1
    assert address in captured.out + captured.err


@pytest.mark.parametrize(
    "argv",
    [
        ["destroy"],
        ["list", "--what"],
        ["list", "--bootstrap", "nowhere"],
        ["create", "own", "--like", "own"],
        ["create", "--like", "notices"],
    ],
)
def test_wrong_words_are_status_2_and_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Which names the word."""
    assert main(argv) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_it_is_a_command_of_framebus(kafka: KafkaSettings) -> None:
    """As a process of its own, and without kafka-python's chatter."""
    command = [sys.executable, "-m", "services", "topics", "check", "nosuch", "--bootstrap", kafka.bootstrap]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"broker {kafka.bootstrap}: answers",
        "topic nosuch: missing (framebus topics create nosuch)",
    ]
    assert done.stderr == ""
