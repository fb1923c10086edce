"""The settings that all services share, and what several of them need to read their own."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import SettingsError
from libs.common.flags import PREFIX, Flag, Words
from libs.common.kafka_settings import KafkaSettings


class KafkaFlags(BaseSettings):
    """Where the broker is and how to log in: for everything that talks to one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    bootstrap: Annotated[str, Flag(metavar="HOST:PORT")] = Field(
        "localhost:9092", description="Kafka broker", pattern=r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$"
    )
    security_protocol: Annotated[Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], Flag()] = "PLAINTEXT"
    sasl_mechanism: Annotated[Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None, Flag()] = None
    sasl_username: Annotated[str | None, Flag()] = None
    sasl_password: Annotated[SecretStr | None, Flag(hidden=True)] = None
    sasl_password_file: Annotated[Path | None, Flag()] = None
    ssl_cafile: Annotated[Path | None, Flag()] = None
    ssl_certfile: Annotated[Path | None, Flag()] = None
    ssl_keyfile: Annotated[Path | None, Flag()] = None

    def kafka(self) -> KafkaSettings:
        """The part that a Kafka client needs."""
        return KafkaSettings(
            bootstrap=self.bootstrap,
            security_protocol=self.security_protocol,
            sasl_mechanism=self.sasl_mechanism,
            sasl_username=self.sasl_username,
            sasl_password=secret(self.sasl_password, self.sasl_password_file, "sasl-password-file"),
            ssl_cafile=str(self.ssl_cafile) if self.ssl_cafile else None,
            ssl_certfile=str(self.ssl_certfile) if self.ssl_certfile else None,
            ssl_keyfile=str(self.ssl_keyfile) if self.ssl_keyfile else None,
        )


class ServiceSettings(KafkaFlags):
    """What all services share."""

    name: Annotated[str, Flag("-n")] = Field("", max_length=64, description="name shown in log lines and at /status")
    instance: Annotated[str | None, Flag()] = Field(
        None, description="name of this copy, in hops and at /status", pattern=r"^[A-Za-z0-9._-]{1,200}$"
    )
    http: Annotated[str | None, Flag(metavar="HOST:PORT")] = Field(
        None, description="serve /healthz /readyz /metrics /status there", pattern=r"^[^\s:]+:\d{1,5}$"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Flag()] = "INFO"
    log_format: Annotated[Literal["text", "json"], Flag()] = "text"

    def reads(self) -> tuple[str, ...]:
        """The topics that it reads."""
        return ()

    def writes(self) -> str:
        """The topic that it writes; empty if none."""
        return ""


class SourceSettings(ServiceSettings):
    """What every source has."""

    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("", min_length=1, description="topic to write; - is stdout")

    def writes(self) -> str:
        return self.topic


class ReadingSettings(ServiceSettings):
    """What every service has that reads frames."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        (), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    cameras: Annotated[Words, Flag(metavar="GLOB")] = Field((), description="only these cameras")
    max_age: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, gt=0, description="leave out frames that are on the bus for longer"
    )
    hang_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        120, gt=0, description="a message that takes longer ends the process with its stacks (status 70)"
    )

    @field_validator("input")
    @classmethod
    def _topics_differ(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(topics)) != len(topics):
            raise ValueError("each topic only once")
        if "-" in topics and len(topics) > 1:
            raise ValueError("- (stdin) cannot be combined with other topics")
        return topics

    def reads(self) -> tuple[str, ...]:
        return self.input


class StageSettings(ReadingSettings):
    """What every stage has: it reads in a group and writes."""

    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("", min_length=1, description="topic to write; - is stdout")
    instance: Annotated[str | None, Flag()] = Field(
        None,
        description="keep this name through restarts: its share of the work waits 10 s for it (static membership)",
        pattern=r"^[A-Za-z0-9._-]{1,200}$",
    )
    group: Annotated[str | None, Flag()] = Field(None, description="consumer group; same group shares the work")
    mode: Annotated[Literal["every", "latest"], Flag()] = Field(
        "every", description="every: nothing is skipped; latest: only the newest frame of each camera, when behind"
    )
    from_: Annotated[str | None, Flag(metavar="WHEN")] = Field(
        None,
        validation_alias=AliasChoices("from_", PREFIX + "FROM"),
        description="seek once at start: earliest, latest, -10m, or 2026-01-31T12:00:00Z",
    )

    @field_validator("from_")
    @classmethod
    def _when_is_readable(cls, when: str | None) -> str | None:
        if when is not None:
            parse_when(when, 0)
        return when

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        if self.topic in self.input and self.topic != "-":
            raise ValueError(f"--topic {self.topic}: it is read too; expected another one")
        return self

    def writes(self) -> str:
        return self.topic


def secret(value: SecretStr | None, file: Path | None, flag: str) -> str | None:
    """The secret itself, or the first line of its file; raises SettingsError if that cannot be read."""
    if file is None:
        return value.get_secret_value() if value is not None else None
    try:
        return file.read_text().splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"--{flag} {file}: expected a readable file with one line ({type(error).__name__})"
        ) from None


def host_port(text: str) -> tuple[str, int]:
    """`127.0.0.1:8080` in two."""
    host, _, port = text.rpartition(":")
    return host, int(port)


UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_when(text: str, now_ms: int) -> int:
    """UTC milliseconds of earliest, latest, -10m or an ISO time; raises ValueError."""
    if text in ("earliest", "latest"):
        return 0 if text == "earliest" else 2**62
    if text[:1] == "-" and text[1:-1].isdigit() and text[-1:] in UNITS_S:
        return now_ms - round(timedelta(seconds=int(text[1:-1]) * UNITS_S[text[-1]]).total_seconds() * 1000)
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            raise ValueError("no time zone")
    except ValueError:
        expected = "expected earliest, latest, -10m, or a time with its zone like 2026-01-31T12:00:00Z"
        raise ValueError(expected) from None
    return round(when.timestamp() * 1000)
