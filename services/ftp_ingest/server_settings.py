"""The flags of the FTP server."""

from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common.flags import Flag
from libs.common.serving_settings import ServingSettings
from libs.common.settings_checks import port_range
from services.ftp_ingest.pictures.pictures import MAX_FILE_BYTES
from services.ftp_ingest.server.limits import Limits
from services.ftp_ingest.server.users import read

MIB = 1 << 20
DAY_S = 86_400
USERS = Path("~/.config/framebus/ftp-users")


class ServerSettings(ServingSettings):
    """Where it listens, who may log in, what one may do."""

    ftp: Annotated[bool, Flag()] = Field(True, description="run the FTP server; off where folders alone are watched")
    host: Annotated[str, Flag()] = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9._:-]{1,253}$", description="address to listen on"
    )
    port: Annotated[int, Flag("-p")] = Field(2121, ge=0, le=65535, description="port to listen on, 0: any free one")
    users: Annotated[Path, Flag(metavar="FILE")] = Field(
        USERS, description="the cameras that may log in; made by framebus ftp-ingest user"
    )
    passive_ports: Annotated[str, Flag(metavar="LOW-HIGH")] = Field(
        "30000-30063", description="ports for files, one for each connection: open them in firewalls and containers"
    )
    masquerade_address: Annotated[IPv4Address | None, Flag(metavar="IP")] = Field(
        None, description="address that cameras see, where it is another one than this machine's: NAT, containers"
    )
    require_tls: Annotated[bool, Flag()] = Field(
        False, description="no login and no file without TLS, turned on by the camera (AUTH TLS, explicit FTPS)"
    )
    implicit_tls: Annotated[bool, Flag()] = Field(
        False, description="TLS from the first byte (ftps://, implicit FTPS), for cameras that know only that"
    )
    max_file: Annotated[int, Flag(metavar="MIB")] = Field(
        16, ge=1, le=MAX_FILE_BYTES // MIB, description="largest file; a larger one is cut off (552)"
    )
    idle_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        60, ge=1, le=DAY_S, description="end a connection that says nothing for so long"
    )
    stall_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        30, ge=0.5, le=DAY_S, description="give up a file of which nothing comes for so long"
    )
    transfer_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        300, ge=1, le=DAY_S, description="give up a file that takes so long in all"
    )
    session_timeout: Annotated[float, Flag(metavar="SECONDS")] = Field(
        3600, ge=1, le=7 * DAY_S, description="end a connection after so long, whatever it does"
    )
    max_connections: Annotated[int, Flag()] = Field(
        64, ge=1, le=1024, description="at the same time; then a new one takes the place of the most useless one"
    )
    max_per_address: Annotated[int, Flag()] = Field(
        8, ge=1, le=1024, description="of them from one address; more where many cameras are behind one (NAT, Docker)"
    )
    max_per_user: Annotated[int, Flag()] = Field(4, ge=1, le=1024, description="of them of one camera")

    @field_validator("passive_ports")
    @classmethod
    def _ports_are_a_range(cls, text: str) -> str:
        port_range(text)
        return text

    @field_validator("users")
    @classmethod
    def _users_is_a_path(cls, path: Path) -> Path:
        if not path.name or path.name == "~":
            raise ValueError("expected a file")
        return path

    @model_validator(mode="after")
    def _tls_has_a_certificate(self) -> Self:
        for name in ("require_tls", "implicit_tls"):
            if getattr(self, name) and not self.tls_certfile:
                raise ValueError(f"--{name.replace('_', '-')}: expected --tls-certfile and --tls-keyfile with it")
        return self

    def require(self) -> None:
        super().require()
        if self.ftp:
            read(self.users_path)

    @property
    def users_path(self) -> Path:
        return self.users.expanduser()

    def ftp_limits(self, folder: Path) -> Limits:
        """`folder`: where uploads wait for their end."""
        return Limits(
            folder=folder,
            max_file_bytes=self.max_file * MIB,
            idle_s=self.idle_timeout,
            stall_s=self.stall_timeout,
            transfer_s=self.transfer_timeout,
            session_s=self.session_timeout,
            connections=self.max_connections,
            per_address=self.max_per_address,
            per_user=self.max_per_user,
            passive_ports=port_range(self.passive_ports),
            masquerade=self.masquerade_address,
            require_tls=self.require_tls,
            implicit_tls=self.implicit_tls,
        )
