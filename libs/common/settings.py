"""The settings that all services share, and what several of them need to read their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasGenerator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common import settings_checks as checks
from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.kafka_settings import KafkaSettings
from libs.common.log_settings import LogFlags
from libs.common.scrub import hide
from libs.common.settings_environment import PREFIX
from libs.common.settings_file import dashed
from libs.common.tls_files import client_context

DAY_S = 86_400
YEAR_S = 365 * DAY_S


class KafkaFlags(BaseSettings):
    """Where the broker is and how to log in: for everything that talks to one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    bootstrap: Annotated[str, Flag(metavar="HOST:PORT")] = Field("localhost:9092", description="Kafka broker")
    security_protocol: Annotated[Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], Flag()] = "PLAINTEXT"
    sasl_mechanism: Annotated[Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None, Flag()] = None
    sasl_username: Annotated[str | None, Flag()] = None
    sasl_password: Annotated[SecretStr | None, Flag(hidden=True)] = None
    sasl_password_file: Annotated[Path | None, Flag()] = None
    ssl_cafile: Annotated[Path | None, Flag()] = None
    ssl_certfile: Annotated[Path | None, Flag()] = None
    ssl_keyfile: Annotated[Path | None, Flag()] = None

    _addresses = field_validator("bootstrap")(checks.addresses)

    @model_validator(mode="after")
    def _login_fits(self) -> Self:
        names = [name for name in KafkaFlags.model_fields if name.startswith(("sasl_", "ssl_")) and getattr(self, name)]
        checks.login_fits([dashed(name) for name in names], self.security_protocol, self.sasl_mechanism)
        return self

    def require(self) -> None:
        """Look at the files that are named here; raises SettingsError."""
        self.kafka()
        client_context(self.ssl_cafile, self.ssl_certfile, self.ssl_keyfile)

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


def command_variables(name: str) -> SettingsConfigDict:
    """For a command's `model_config`: FRAMEBUS_NAME_FLAG for its own flags, the broker's as everywhere.

    So a variable that was set for a service means nothing to a command.
    """
    own = f"{PREFIX}{name.upper()}_"
    names = AliasGenerator(
        validation_alias=lambda field: f"{PREFIX if field in KafkaFlags.model_fields else own}{field}".upper()
    )
    return SettingsConfigDict(env_prefix=own, alias_generator=names)


class ServiceSettings(KafkaFlags, LogFlags):
    """What all services share."""

    name: Annotated[str, Flag("-n")] = Field("", max_length=64, description="name shown in log lines and at /status")
    instance: Annotated[str | None, Flag()] = Field(
        None, description="name of this copy, in hops and at /status", pattern=r"^[A-Za-z0-9._-]{1,200}$"
    )
    http: Annotated[str | None, Flag(metavar="HOST:PORT")] = Field(
        None, description="serve /healthz /readyz /metrics /status there"
    )

    _printable = field_validator("name")(checks.printable)

    @field_validator("http")
    @classmethod
    def _http_is_an_address(cls, text: str | None) -> str | None:
        if text is not None:
            checks.host_port(text)
        return text

    def reads(self) -> tuple[str, ...]:
        """The topics that it reads."""
        return ()

    def writes(self) -> str:
        """The topic that it writes; empty if none."""
        return ""

    def also_writes(self) -> tuple[str, ...]:
        """Side topics, which it goes on without where they cannot be had."""
        return ()


class SourceSettings(ServiceSettings):
    """What every source has."""

    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("", description="topic to write; - is stdout")

    _topic = field_validator("topic")(checks.raw_topic)

    def writes(self) -> str:
        return self.topic


class ReadingSettings(ServiceSettings):
    """What every service has that reads frames."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        (), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    cameras: Annotated[Words, Flag(metavar="GLOB")] = Field((), description="only these cameras")
    max_age: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, gt=0, le=YEAR_S, description="leave out frames that are on the bus for longer"
    )
    hang_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        120, gt=0, le=DAY_S, description="a message that takes longer ends the process with its stacks (status 70)"
    )

    _topics = field_validator("input")(checks.input_topics)
    _globs = field_validator("cameras")(checks.camera_globs)

    def reads(self) -> tuple[str, ...]:
        return self.input


class StageSettings(ReadingSettings):
    """What every stage has: it reads in a group and writes."""

    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("", description="topic to write; - is stdout")
    instance: Annotated[str | None, Flag()] = Field(
        None,
        description="keep this name through restarts: its share of the work waits 10 s for it (static membership)",
        pattern=r"^[A-Za-z0-9._-]{1,200}$",
    )
    group: Annotated[str | None, Flag()] = Field(
        None, description="consumer group; same group shares the work", pattern=r"^[!-~]{1,249}$"
    )
    mode: Annotated[Literal["every", "latest"], Flag()] = Field(
        "every", description="every: nothing is skipped; latest: only the newest frame of each camera, when behind"
    )
    from_: Annotated[str | None, Flag(metavar="WHEN")] = Field(
        None,
        validation_alias=PREFIX + "FROM",
        description="seek once at start: earliest, latest, -10m, or 2026-01-31T12:00:00Z",
    )

    _topic = field_validator("topic")(checks.topic_name)
    _from = field_validator("from_")(checks.readable_when)

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        if self.topic in self.input and self.topic != "-":
            raise ValueError(f"--topic {self.topic}: it is read too; expected another one")
        return self

    def writes(self) -> str:
        return self.topic


def secret(value: SecretStr | None, file: Path | None, flag: str, hides: Callable[[str], None] = hide) -> str | None:
    """The secret itself, or the first line of its file; raises SettingsError if that cannot be read.

    From then on it is hidden wherever something is said; `hides` knows which part of it is secret.
    """
    if file is None:
        return value.get_secret_value() if value is not None else None
    try:
        line = file.read_text().partition("\n")[0].removesuffix("\r")
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"--{flag} {file}: expected a readable file with one line ({type(error).__name__})"
        ) from None
    if not line.strip():
        raise SettingsError(f"--{flag} {file}: its first line is empty, expected the secret there")
    hides(line)
    return line
