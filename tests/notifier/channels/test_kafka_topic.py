"""Notes in a topic are messages that docs/messages.md describes, and never in a topic of framebus itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from libs.common import codec
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Message, Notice
from libs.common.testing import FakeClock
from libs.common.topics import TOPICS
from services.notifier.channels.channel import Note
from services.notifier.channels.kafka_topic import KafkaSettings, KafkaTopic, notice
from services.notifier.channels.settings import Tools
from tests.notifier.channels.notes import JPEG, note, tools

CLOCK = FakeClock()


class Bus:
    """Keeps what is published; fails as often as it is told to."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Message]] = []
        self.trouble: Exception | None = None

    def publish(self, topic: str, message: Message) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.messages.append((topic, message))

    def tools(self) -> Tools:
        return replace(tools(Path(), CLOCK), publish=self.publish)


def read(given: Note) -> Notice:
    """What a program in another language gets: encoded, and decoded by the rules of the page."""
    found = codec.decode(codec.encode(notice(given, "alerts", CLOCK)))
    assert isinstance(found, Notice)
    return found


def test_a_note_is_one_message_in_the_topic() -> None:
    """And has no name there by which it could be edited."""
    bus = Bus()
    channel = KafkaSettings(topic="alerts").open(bus.tools())
    assert channel.send(note()) == ""
    ((topic, message),) = bus.messages
    assert topic == "alerts"
    assert message == notice(note(), "phone", CLOCK)
    assert not KafkaSettings.can_edit


def test_it_says_what_people_are_told() -> None:
    """`text` is filled; the id is the one that the note has everywhere."""
    found = read(note())
    assert (found.id, found.event, found.camera, found.channel) == (note().id, "e1", "porch", "alerts")
    assert (found.kind, found.label, found.state) == ("detection.started", "person", "sent")
    assert (found.at, found.sent_at) == (note().at, CLOCK.now_ns())
    assert found.text == note().text
    assert dict(found.labels) == {"person": 0.91, "dog": None}
    assert found.data["subject"] == note().subject
    assert found.data["links"] == {"viewer": "https://cams.example.org/porch"}


def test_no_picture_gets_into_it() -> None:
    """It would be in a topic of another class, and for long."""
    assert JPEG not in codec.encode(notice(note(jpeg=JPEG), "alerts", CLOCK))


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "x" * 5000},
        {"text": "😀" * 2000},
        {"labels": {f"label {number}": 0.5 for number in range(200)}},
        {"counts": {f"label {number}": 1 for number in range(200)}},
        {"zones": tuple(f"zone {number}" for number in range(200))},
        {"rule": "", "label": None, "summary_of": 999, "marked": True},
    ],
)
def test_what_is_too_long_for_it_is_cut_off(fields: dict[str, object]) -> None:
    """It can always be read."""
    assert read(note(**fields)).camera == "porch"


@pytest.mark.parametrize("error", [TemporaryError("later"), PermanentError("never")])
def test_what_the_bus_says_is_said(error: Exception) -> None:
    """The courier knows what to do."""
    bus = Bus()
    bus.trouble = error
    with pytest.raises(type(error)):
        KafkaTopic("alerts", bus.tools()).send(note())


@pytest.mark.parametrize(
    "topic",
    [*TOPICS, "alerts.dead", "notices.dead", "events.redriven", "events.redriven-2", "", ".", "a b", "é", "a" * 250],
)
def test_topics_of_framebus_itself_are_refused(topic: str) -> None:
    """A notice in `notices` would be one to be told; in `events` it would be refused by everybody."""
    with pytest.raises(ValidationError):
        KafkaSettings(topic=topic)


def test_a_picture_is_not_asked_for() -> None:
    """None goes into a topic: who wants one there is told so at the start."""
    assert not KafkaSettings(topic="alerts").picture
    with pytest.raises(ValidationError):
        KafkaSettings.model_validate({"topic": "alerts", "picture": True})
