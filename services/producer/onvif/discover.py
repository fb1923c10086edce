"""framebus producer discover: the ONVIF cameras of the local network, and where their streams are."""

import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words, load
from libs.common.scrub import scrub
from libs.common.service import complain
from libs.common.settings import secret
from services.producer.onvif.device import OnvifDevice, Stream
from services.producer.onvif.envelopes import OnvifError
from services.producer.onvif.probe import EVERYBODY, Device, probe

TEXT = (
    "Lists the ONVIF cameras that answer on the local network, with the URLs of their streams, for framebus producer. "
    "The password is sent as a digest, to every camera that answers; with --target, to that one alone."
)
ASK_S = 15.0
"""For all questions to all cameras, after those of the network have answered."""


class Discover(BaseSettings):
    """Flags of the command."""

    model_config = SettingsConfigDict(
        env_prefix="FRAMEBUS_DISCOVER_", extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(5.0, gt=0, le=60, description="wait so long for answers")
    target: Annotated[Words, Flag(metavar="HOST[:PORT]")] = Field(
        (), description="ask this camera instead of all, repeatable; for other networks than the local one"
    )
    user: Annotated[str | None, Flag()] = Field(None, min_length=1, max_length=200, description="of the cameras")
    password: Annotated[SecretStr | None, Flag(hidden=True)] = None
    password_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the password; or FRAMEBUS_DISCOVER_PASSWORD"
    )
    json_: Annotated[bool, Flag()] = Field(False, validation_alias="FRAMEBUS_DISCOVER_JSON", description="as JSON")

    @field_validator("target")
    @classmethod
    def _targets_are_addresses(cls, targets: tuple[str, ...]) -> tuple[str, ...]:
        for target in targets:
            _address(target)
        return targets

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if (self.user is None) != (self.password is None and self.password_file is None):
            raise ValueError("--user and --password-file: expected both or neither")
        return self


@dataclass(frozen=True, slots=True)
class Found:
    """A camera; `error`: why its streams are not known."""

    host: str
    name: str
    device: str
    streams: tuple[Stream, ...] = ()
    error: str | None = None


def main(argv: Sequence[str]) -> int:
    """0 if cameras were found, 1 if none, 2 for wrong settings."""
    try:
        settings, only_check = load(Discover, argv, "framebus producer discover", TEXT)
        password = secret(settings.password, settings.password_file, "password-file") or ""
        targets = [_address(target) for target in settings.target]
        if only_check:
            sys.stdout.write(f"asks {', '.join(f'{host}:{port}' for host, port in targets or [EVERYBODY])}\n")
            return 0
        found = ask(probe(targets, settings.timeout), settings.user, password)
        sys.stdout.write(_as_json(found) if settings.json_ else "".join(_lines(found)))
    except SettingsError as error:
        return complain("producer discover", error, 2)
    except KeyboardInterrupt:
        return complain("producer discover", SettingsError("interrupted"), 1)
    return 0 if found else complain("producer discover", OnvifError("no camera has answered"), 1)


def ask(devices: Sequence[Device], user: str | None, password: str) -> list[Found]:
    """What each says of its streams; one that takes too long is told without them, and hinders no other."""
    found = {
        device.url: Found(device.host, device.name, scrub(device.url), error="no answer in time") for device in devices
    }

    def one(device: Device) -> None:
        streams: tuple[Stream, ...] = ()
        error = None
        try:
            streams = tuple(OnvifDevice(device.url, user, password).streams())
        except OnvifError as refused:
            error = str(refused)
        found[device.url] = Found(device.host, device.name, scrub(device.url), streams, error)

    ends_s = time.monotonic() + ASK_S
    threads = [threading.Thread(target=one, args=(device,), name=device.host, daemon=True) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends_s - time.monotonic()))
    return list(found.values())


def _address(text: str) -> tuple[str, int]:
    """Raises ValueError."""
    host, colon, port = text.partition(":")
    if not host or (colon and not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536)):
        raise ValueError("expected HOST or HOST:PORT")
    return host, int(port) if colon else EVERYBODY[1]


def _lines(found: Sequence[Found]) -> Iterator[str]:
    for camera in found:
        yield f"{camera.name[:80]} ({camera.host}): {camera.error or f'{len(camera.streams)} streams'}\n"
        for stream in camera.streams:
            size = f"{stream.width}x{stream.height}"
            yield f"  {stream.profile[:40]:<20} {stream.codec[:10]:<6} {size:<10} {stream.url}\n"


def _as_json(found: Sequence[Found]) -> str:
    return json.dumps([asdict(camera) for camera in found], indent=1) + "\n"
