"""What rules.yaml says of a mail server."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.notifier.channels.host import Host
from services.notifier.channels.mail_settings import MailSettings

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class SmtpLogin(MailSettings):
    """`tls`: from the first byte (tls), after asking for it (starttls), or none at all."""

    host: Host = Field(description="name or address of the mail server; it may be a private one")
    port: int | None = Field(None, ge=1, le=65535, description="else 587 for starttls, 465 for tls, 25 for none")
    tls: Literal["starttls", "tls", "none"] = Field("starttls", description="none: pictures and texts go in clear")
    cafile: Path | None = Field(None, description="certificates (PEM) to trust instead of the system's")
    username: str | None = Field(None, min_length=1, description="login, if the server wants one; never without TLS")
    password: SecretStr | None = None
    password_file: Path | None = None

    def secrets(self) -> tuple[str, ...]:
        return ("password",)

    @property
    def at(self) -> int:
        """The port."""
        return self.port or PORTS[self.tls]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.tls == "starttls" and self.port == PORTS["tls"]:
            raise ValueError("port 465 speaks TLS from the first byte: expected `tls: tls` for it")
        if (self.username is None) != (self.password is None and self.password_file is None):
            raise ValueError("expected both or none of username and password (or password_file)")
        if self.username is not None and self.tls == "none" and not is_here(self.host):
            raise ValueError(
                "a password goes through `tls: none` to this machine only: expected `tls: starttls` or `tls`"
            )
        return self


def is_here(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
