"""The flags of framebus dead."""

import re
import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from libs.common.flags import Flag, Words
from libs.common.settings import KafkaFlags, command_variables
from libs.common.settings_checks import parse_when, readable_when
from libs.common.topics import DEAD_SUFFIX, topic_named
from libs.ops.dead_letter import Choice
from libs.ops.dead_target import check_name

NAME = r"[A-Za-z0-9._-]{1,249}"
ONLY = {
    "partition": ("show",),
    "offset": ("show",),
    "limit": ("show",),
    "save": ("show",),
    "format": ("list", "show"),
    "to": ("redrive",),
    "dry_run": ("redrive",),
    "yes": ("purge",),
}
"""Setting -> the actions for which it means something."""


class Settings(KafkaFlags):
    """Flags of the command."""

    model_config = command_variables("dead")

    action: Annotated[
        Literal["list", "show", "redrive", "purge"], Flag(positional=True, metavar="list|show|redrive|purge")
    ] = Field("list", description="what to do")
    topics: Annotated[Words, Flag(positional=True, metavar="TOPIC")] = Field(
        (), description="with or without .dead; list without one shows all"
    )
    reason: Annotated[Words, Flag(metavar="WORD")] = Field((), description="only letters with this reason, repeatable")
    group: Annotated[str | None, Flag()] = Field(None, description="only letters of this consumer group")
    camera: Annotated[Words, Flag(metavar="GLOB")] = Field((), description="only letters of these cameras")
    since: Annotated[str | None, Flag(metavar="WHEN")] = Field(
        None, description="only letters from then on: -10m, 2026-01-31T12:00:00Z"
    )
    until: Annotated[str | None, Flag(metavar="WHEN")] = Field(None, description="only letters before then")
    format: Annotated[Literal["text", "json"], Flag()] = "text"
    limit: Annotated[int, Flag(metavar="N")] = Field(10, ge=1, le=1000, description="show the newest N")
    partition: Annotated[int | None, Flag()] = Field(None, ge=0, description="show one letter, beside --offset")
    offset: Annotated[int | None, Flag()] = Field(None, ge=0, description="show one letter, beside --partition")
    save: Annotated[Path | None, Flag(metavar="DIR")] = Field(
        None, description="write what was refused into files there, as show shows it"
    )
    raw: Annotated[bool, Flag()] = Field(False, description="--save also where people may be seen")
    to: Annotated[str | None, Flag(metavar="TOPIC")] = Field(
        None, description="redrive into this topic, which must be new", pattern=f"^{NAME}$"
    )
    dry_run: Annotated[bool, Flag()] = Field(False, description="redrive: only say what would be done")
    yes: Annotated[bool, Flag()] = Field(False, description="purge: delete, instead of saying what would go")

    _times = field_validator("since", "until")(readable_when)

    @field_validator("topics")
    @classmethod
    def _are_names(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [topic for topic in topics if not re.fullmatch(NAME, topic)]:
            raise ValueError(f"{wrong[0]!r} is no name of a topic")
        return topics

    @model_validator(mode="after")
    def _fits_the_action(self) -> Self:
        for name, actions in ONLY.items():
            if self.action not in actions and getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(
                    f"--{name.replace('_', '-')}: it is for {' and '.join(actions)}, not for {self.action}"
                )
        if self.action != "list" and len(self.topics) != 1:
            raise ValueError(f"{self.action}: expected one topic, got {len(self.topics)}")
        if (self.partition is None) != (self.offset is None):
            raise ValueError("--partition and --offset: expected both or none")
        if self.save and not self.raw and topic_named(self.dead_topics()[0]).kind == "raw":
            raise ValueError(f"--save {self.save}: people may be seen in what was refused; expected --raw beside it")
        if self.action == "redrive":
            check_name(self.to, self.dead_topics()[0])
        return self

    def dead_topics(self) -> list[str]:
        """The topics by their full name, each once."""
        full = (topic if topic.endswith(DEAD_SUFFIX) else topic + DEAD_SUFFIX for topic in self.topics)
        return list(dict.fromkeys(full))

    def choice(self) -> Choice:
        """The letters that are meant, seen from now."""
        now_ms = time.time_ns() // 1_000_000
        since_ms, until_ms = (parse_when(text, now_ms) if text else None for text in (self.since, self.until))
        return Choice(self.reason, self.group, self.camera, since_ms, until_ms)
