"""The detector's flags for what it gives out beside its frames: events, pictures with boxes, cut-outs."""

from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from libs.common.bus_stream import STREAM
from libs.common.flags import Flag, Pairs
from libs.common.settings_checks import raw_topic, topic_name
from libs.common.settings_environment import PREFIX

NONE = "none"
LONGEST_LABEL = 64


class SideFlags(BaseModel):
    """A part of the detector's settings."""

    topic: str
    events: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "events", description="topic for what happened; none: only in the frames, as with -t -"
    )
    camera_health: Annotated[bool, Flag()] = Field(
        False, description="tell when a camera gets dark, is covered or frozen, and when it has recovered"
    )
    draw: Annotated[str, Flag(metavar="TOPIC")] = Field(
        NONE,
        validation_alias=PREFIX + "DRAW_TOPIC",
        description="copies of looked-at frames with boxes and captions; raw: they show people",
    )
    crops: Annotated[Pairs, Flag(metavar="LABEL TOPIC", words=2)] = Field(
        (), max_length=16, description="cut out what has this label, each a still on that topic; raw; repeatable"
    )

    @field_validator("events")
    @classmethod
    def _events_is_a_topic(cls, name: str) -> str:
        return topic_name(name)

    @field_validator("draw")
    @classmethod
    def _draw_is_raw(cls, name: str) -> str:
        return raw_topic(name)

    @field_validator("crops")
    @classmethod
    def _name_label_and_topic(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        for pair in pairs:
            label, _, topic = pair.partition("=")
            if not 0 < len(label) <= LONGEST_LABEL or not topic or topic == STREAM:
                raise ValueError(f"expected a label and a topic, like face faces, not {pair[:80]!r}")
            raw_topic(topic)
        labels = [pair.partition("=")[0].lower() for pair in pairs]
        if len(set(labels)) < len(labels):
            raise ValueError("expected each label once")
        return pairs

    @property
    def events_topic(self) -> str | None:
        """Where events go, if anywhere."""
        return None if self.topic == STREAM else _or_none(self.events)

    @property
    def draw_topic(self) -> str | None:
        return _or_none(self.draw)

    @property
    def crop_topics(self) -> dict[str, str]:
        """By label, lower case."""
        pairs = (pair.partition("=") for pair in self.crops)
        return {label.lower(): topic for label, _, topic in pairs}

    @property
    def side_topics(self) -> tuple[str, ...]:
        """All of them, each once."""
        found = (self.events_topic, self.draw_topic, *self.crop_topics.values())
        return tuple(dict.fromkeys(topic for topic in found if topic))


def _or_none(topic: str) -> str | None:
    return None if topic == NONE else topic
