"""framebus notifier: its flags."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.kafka_settings import KafkaSettings
from libs.common.settings import StageSettings
from libs.common.settings_checks import readable_when, topic_name
from services.notifier.book import Book
from services.notifier.joined import FOR_THE_EVENT_S
from services.notifier.loops import check_topics
from services.notifier.rules.read import read_book
from services.notifier.simple.book import simple_book
from services.notifier.simple.settings import SimpleFlags
from services.notifier.text.checks import check_texts

NONE = "none"
NOTICES = "notices"


class Settings(SimpleFlags, StageSettings):
    """Flags of the notifier."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.redacted", "events"),
        min_length=1,
        description="topic to read, repeatable: one of frames, which have the pictures, and one of events",
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field(
        NOTICES, description="topic to write: what is to be told and what was; all copies read it"
    )
    rules: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="YAML: who is told of what, and how; read again when it changes"
    )
    wait: Annotated[float, Flag(metavar="SECONDS")] = Field(
        10,
        ge=0,
        le=300,
        description="how long an event waits for its frame, which has the picture; a frame without event too",
    )
    recordings: Annotated[Path | None, Flag(metavar="FOLDER")] = Field(
        None, description="where the archiver's files lie, for clips in messages; no other file is ever sent"
    )
    events: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "events", description="topic to tell there of channels that fail; none: nowhere"
    )
    status: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "cameras",
        description="topic of the states of cameras: what is paused of them; for channels that show it (mqtt)",
    )
    control: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "control", description="topic of commands, for channels that pause alerts (mqtt)"
    )
    test: Annotated[bool, Flag()] = Field(
        False,
        validation_alias="FRAMEBUS_NOTIFIER_TEST",
        description="send a message marked as a test through every channel, say of each what became of it, end",
    )
    explain: Annotated[bool, Flag()] = Field(
        False,
        validation_alias="FRAMEBUS_NOTIFIER_EXPLAIN",
        description="say of recent events which rule would fire, or why none, end; nothing is sent",
    )
    since: Annotated[str, Flag(metavar="WHEN")] = Field(
        "-1h", description="how far --explain goes back: -10m, or 2026-01-31T12:00:00Z"
    )

    _side_topics = field_validator("events", "status", "control")(topic_name)
    _since = field_validator("since")(readable_when)

    @field_validator("input")
    @classmethod
    def _no_stream_in(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if STREAM in names:
            raise ValueError("expected topics: what was told before stands on a broker")
        return names

    @field_validator("topic", "events", "status", "control")
    @classmethod
    def _no_stream_out(cls, name: str) -> str:
        if name == STREAM:
            raise ValueError("expected a topic: what is to be told is kept on a broker")
        return name

    @model_validator(mode="after")
    def _beside_a_service(self) -> Self:
        """A test in the surroundings of a service that runs does not want its port."""
        if self.test or self.explain:
            object.__setattr__(self, "http", None)
        return self

    def require(self) -> None:
        """Look at the files that are named here; raises SettingsError."""
        super().require()
        if self.mode != "every":
            raise SettingsError(f"--mode {self.mode}: expected every, else some of what happened is told to nobody")
        if self.test and self.explain:
            raise SettingsError("--test: expected it without --explain")
        if self.recordings is not None and not self.recordings.is_dir():
            raise SettingsError(f"--recordings {self.recordings}: expected a folder")
        self.book()

    def kafka(self) -> KafkaSettings:
        """Whatever it is called, the topic of notices is no ordinary one."""
        return replace(super().kafka(), kept_as={self.topic: NOTICES})

    def also_writes(self) -> tuple[str, ...]:
        return () if self.events == NONE else (self.events,)

    @property
    def wait_s(self) -> float:
        """Where one topic alone is read, the other half never comes."""
        return self.wait if len(self.input) > 1 else 0.0

    @property
    def event_s(self) -> float:
        """How long a frame waits for its event."""
        return FOR_THE_EVENT_S if len(self.input) > 1 else 0.0

    @property
    def folder(self) -> Path:
        """Where relative paths of channels begin."""
        return self.rules.parent if self.rules is not None else Path()

    def book(self) -> Book:
        """The rules as they are now. Raises SettingsError."""
        simple = self.simple()
        if self.rules is None:
            if self.to is None and self.to_file is None:
                raise SettingsError("--rules: expected it, or --to-file (or FRAMEBUS_TO) with addresses")
            book = simple_book(self)
            self.check_book(book)
            return book
        if simple:
            raise SettingsError(f"{simple[0]}: unused with --rules, which says all that")
        return read_book(self.rules, self.check_book)

    def check_book(self, book: Book) -> None:
        """Raises SettingsError for a text that cannot be used, and for a channel that writes to what is used here."""
        flags = {"--control": self.control, "--status": self.status, "--events": self.events, "-t": self.topic}
        check_texts(book)
        used = {topic: flag for flag, topic in flags.items() if topic != NONE}
        check_topics(book, used | dict.fromkeys(self.input, "-i"))
