"""Flags of the source webrtc: where browsers join, who may, and how they are reached."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.serving_settings import ServingSettings
from libs.common.settings import secret
from libs.common.settings_checks import host_port, page_origins, port_range

LISTEN = "127.0.0.1:8080"
SHORTEST_TOKEN, LONGEST_TOKEN = 8, 512
MOST_PIXELS = 3840 * 2160
SERVER = r"{}:[A-Za-z0-9._-]{{1,253}}(:[0-9]{{1,5}})?(\?transport=(udp|tcp))?"
ONLY = (
    "listen",
    "join_token",
    "join_token_file",
    "max_peers",
    "max_size",
    "udp_ports",
    "address",
    "origin",
    "stun",
    "turn",
    "turn_username",
    "turn_password",
    "turn_password_file",
    "tls_certfile",
    "tls_keyfile",
)
"""What counts with this source alone."""


class WebrtcSettings(ServingSettings):
    """A part of the producer's settings."""

    listen: Annotated[str, Flag(metavar="HOST:PORT")] = Field(
        LISTEN, description="webrtc: where the page and WHIP are served; port 0: any free one"
    )
    join_token: Annotated[SecretStr | None, Flag(hidden=True)] = None
    join_token_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None,
        description="webrtc: token that who joins must show; without one (or FRAMEBUS_JOIN_TOKEN) it is made up and "
        "shown at start",
    )
    max_peers: Annotated[int, Flag(metavar="N")] = Field(
        16, ge=1, le=64, description="webrtc: cameras that may have joined at a time"
    )
    max_size: Annotated[str, Flag(metavar="WIDTHxHEIGHT")] = Field(
        "1280x720", description="webrtc: larger pictures, by their area, are refused and not decoded"
    )
    udp_ports: Annotated[str | None, Flag(metavar="LOW-HIGH")] = Field(
        None,
        description="webrtc: ports of the video, one for each camera and own address; a container has to publish them",
    )
    address: Annotated[Words, Flag(metavar="IP")] = Field(
        (), description="webrtc: also told to peers as ours: the host's one, in a container; repeatable"
    )
    origin: Annotated[Words, Flag(metavar="URL")] = Field(
        (), description="webrtc: other address under which browsers reach the page, as https://cams.example, repeatable"
    )
    stun: Annotated[str | None, Flag(metavar="URL")] = Field(
        None,
        description="webrtc: stun:HOST:PORT, asked for our address out there; with it or --turn, packets may go "
        "to any address that a peer names",
    )
    turn: Annotated[str | None, Flag(metavar="URL")] = Field(
        None, description="webrtc: turn:HOST:PORT or turns:, through which peers are reached that cannot be otherwise"
    )
    turn_username: Annotated[str | None, Flag()] = Field(
        None, max_length=256, pattern=r'^[^"\\\s]+$', description="login of --turn; pages are told it, too"
    )
    turn_password: Annotated[SecretStr | None, Flag(hidden=True)] = None
    turn_password_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the password of --turn"
    )
    _origins_too = field_validator("origin")(page_origins)

    @field_validator("listen")
    @classmethod
    def _listen_is_an_address(cls, text: str) -> str:
        host_port(text)
        return text

    @field_validator("max_size")
    @classmethod
    def _max_size_is_a_size(cls, text: str) -> str:
        parse_size(text)
        return text

    @field_validator("udp_ports")
    @classmethod
    def _ports_are_a_range(cls, text: str | None) -> str | None:
        if text is not None:
            port_range(text)
        return text

    @field_validator("address")
    @classmethod
    def _addresses_are_numbers(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for each in addresses:
            try:
                ip_address(each)
            except ValueError:
                raise ValueError(f"expected an IP address, not {each[:80]!r}") from None
        return addresses

    @field_validator("stun")
    @classmethod
    def _stun_is_a_server(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"stun:[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?", url):
            raise ValueError("expected stun:HOST or stun:HOST:PORT")
        return url

    @field_validator("turn")
    @classmethod
    def _turn_is_a_server(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(SERVER.format("turns?"), url):
            raise ValueError("expected turn:HOST:PORT, turns:HOST:PORT, with ?transport=tcp where it is so")
        return url

    def need_webrtc(self, used: bool) -> None:
        """`used`: it is the source. Raises SettingsError for a flag that does nothing, and for what does not fit."""
        if not used:
            if given := sorted(name for name in ONLY if name in self.model_fields_set and getattr(self, name)):
                flag = given[0].replace("_", "-")
                raise SettingsError(f"--{flag}: unused with another source than webrtc")
            return
        self.given_token()
        if bool(self.turn) != bool(self.turn_username) or bool(self.turn) != bool(self.turn_login()):
            raise SettingsError("--turn: expected --turn-username and --turn-password-file with it, and not without it")

    def given_token(self) -> str | None:
        """None, or empty as compose passes on a variable that is not set: one is made up. Raises SettingsError."""
        token = secret(self.join_token, self.join_token_file, "join-token-file") or None
        if token is not None and not (SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN and token.isprintable()):
            raise SettingsError(f"--join-token-file: expected {SHORTEST_TOKEN} to {LONGEST_TOKEN} printable characters")
        return token

    def turn_login(self) -> str:
        """The password; empty for none. Raises SettingsError."""
        return secret(self.turn_password, self.turn_password_file, "turn-password-file") or ""


def parse_size(text: str) -> tuple[int, int]:
    """Raises ValueError."""
    found = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", text)
    if not found or not 0 < int(found[1]) * int(found[2]) <= MOST_PIXELS:
        raise ValueError("expected WIDTHxHEIGHT, 3840x2160 at most")
    return int(found[1]), int(found[2])
