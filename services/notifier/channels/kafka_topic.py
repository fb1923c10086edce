"""Notes for programs at the same broker as the frames: a topic of messages that docs/messages.md describes."""

import re
from typing import Literal

from pydantic import Field, field_validator

from libs.common.clock import Clock
from libs.common.messages import Notice
from libs.common.topics import DEAD_SUFFIX, REDRIVEN, TOPICS
from services.notifier.channels.channel import Note
from services.notifier.channels.settings import ChannelSettings, Tools

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,248}")
MOST_ENTRIES, MOST_CHARACTERS = 64, 1024
"""What a `notice` holds."""


class KafkaTopic:
    """One `notice` for each note, in the state `sent`, under the id that the note has everywhere."""

    def __init__(self, topic: str, tools: Tools) -> None:
        self._topic, self._publish, self._channel, self._clock = topic, tools.publish, tools.name, tools.clock

    def send(self, note: Note) -> str:
        self._publish(self._topic, notice(note, self._channel, self._clock))
        return ""

    def close(self) -> None:
        pass


class KafkaSettings(ChannelSettings):
    """Programs read it, nobody is woken: the rate limit is far above that of other channels."""

    type: Literal["kafka"] = "kafka"
    topic: str = Field(description="where to; none of the topics that framebus uses itself")
    picture: Literal[False] = Field(False, description="none goes into a topic")
    limit: int = Field(600, ge=1, le=1000, description="at most so many messages ...")

    @field_validator("topic")
    @classmethod
    def _is_free(cls, topic: str) -> str:
        if not NAME.fullmatch(topic):
            raise ValueError("expected the name of a topic: letters, digits, . _ -, at most 249")
        if topic in TOPICS or topic.endswith(DEAD_SUFFIX) or REDRIVEN.fullmatch(topic):
            raise ValueError(f"{topic} is a topic of framebus itself: expected another name, like alerts")
        return topic

    def open(self, tools: Tools) -> KafkaTopic:
        return KafkaTopic(self.topic, tools)

    def writes(self) -> tuple[str, ...]:
        return (self.topic,)


def notice(note: Note, channel: str, clock: Clock) -> Notice:
    """What is longer than a `notice` may be is cut off."""
    now_ns = clock.now_ns()
    return Notice(
        id=note.id,
        event=note.event,
        camera=note.camera,
        channel=channel,
        rule=note.rule or "-",
        kind=note.kind,
        at=note.at,
        noticed_at=now_ns,
        sent_at=now_ns,
        state="sent",
        label=note.label,
        labels=dict(list(note.labels.items())[:MOST_ENTRIES]),
        counts=dict(list(note.counts.items())[:MOST_ENTRIES]),
        zones=note.zones[:MOST_ENTRIES],
        text=note.text[:MOST_CHARACTERS],
        data={
            "subject": note.subject,
            "local_time": note.local_time,
            "links": dict(note.links),
            "summary_of": note.summary_of,
            "test": note.marked,
        },
    )
