"""framebus topics: creates, lists and checks the topics of one table, on any Kafka."""

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from libs.common.errors import SettingsError, TemporaryError
from libs.common.flags import Flag, Words, load
from libs.common.kafka_admin import Admin, KafkaError
from libs.common.kafka_check import check_topics
from libs.common.kafka_login import enter
from libs.common.kafka_settings import KafkaSettings
from libs.common.service import complain
from libs.common.settings import KafkaFlags, command_variables
from libs.common.settings_checks import topic_name
from libs.common.topics import TOPICS, Topic, dead_letter_topic, topic_kept_as

TEXT = (
    "Creates, lists or checks topics; without names all of framebus and their dead letters. Status 1: not all is well."
)


class Settings(KafkaFlags):
    """Flags of the command."""

    model_config = command_variables("topics")

    action: Annotated[Literal["create", "list", "check"], Flag(positional=True, metavar="create|list|check")] = Field(
        "list", description="what to do"
    )
    names: Annotated[Words, Flag(positional=True, metavar="NAME")] = Field((), description="topics")
    like: Annotated[str | None, Flag(metavar="TOPIC")] = Field(
        None, description="take the NAMEs for what this one of ours is: of its class, kept as long"
    )

    @field_validator("names")
    @classmethod
    def _names_are_topics(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(topic_name(name) for name in names)

    @model_validator(mode="after")
    def _like_one_of_ours(self) -> Self:
        if self.like is not None and self.like not in table():
            raise ValueError(f"--like {self.like}: expected one of {', '.join(TOPICS)}, or its dead letters")
        if self.like is not None and not self.names:
            raise ValueError("--like: expected names of topics beside it")
        return self

    def kafka(self) -> KafkaSettings:
        return replace(super().kafka(), kept_as=self._kept_as())

    def topic(self, name: str) -> Topic:
        """As it is to be made."""
        return topic_kept_as(name, self._kept_as())

    def _kept_as(self) -> Mapping[str, str]:
        return {} if self.like is None else dict.fromkeys(self.names, self.like)


def main(argv: Sequence[str]) -> int:
    """0 if all is well, 1 if something is missing or wrong or the broker is away, 2 for wrong flags."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        settings, only_check = load(Settings, argv, "framebus topics", TEXT)
        return _ACTIONS["check" if only_check else settings.action](settings)
    except SettingsError as error:
        return complain("topics", error, 2)
    except (TemporaryError, KafkaError) as error:
        return complain("topics", TemporaryError(f"broker {settings.bootstrap}: {error or type(error).__name__}"), 1)


def table() -> list[str]:
    """Every declared topic and its dead letters."""
    return [name for topic in TOPICS for name in (topic, dead_letter_topic(topic)) if name is not None]


def _create(settings: Settings) -> int:
    enter(settings.kafka())
    status = 0
    with Admin(settings.kafka()) as admin:
        for name in settings.names or table():
            try:
                done = "made" if admin.create(settings.topic(name)) else "there already"
            except KafkaError as error:
                done, status = f"not made: {error or type(error).__name__}", 1
            _say(f"topic {name}: {settings.topic(name).kind}, {done}")
    return status


def _list(settings: Settings) -> int:
    enter(settings.kafka())
    with Admin(settings.kafka()) as admin:
        there = admin.names()
        wanted = settings.names or sorted(there | set(table()))
        shown = [name for name in wanted if not name.startswith("__")]
        for name in shown:
            how_many = f"{admin.partitions(name)} partitions" if name in there else "missing"
            _say(f"topic {name}: {settings.topic(name).kind}, {how_many}")
    return 0 if set(settings.names) <= there else 1


def _check(settings: Settings) -> int:
    well, wrong = check_topics(settings.kafka(), list(settings.names or table()))
    for line in well + wrong:
        _say(line)
    return 1 if wrong else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


_ACTIONS: dict[str, Callable[[Settings], int]] = {"create": _create, "list": _list, "check": _check}
