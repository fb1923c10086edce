"""Flags about log lines: how many, in which form, and where they go."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag

MIDNIGHT = "midnight"
_UNITS = {"": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


class LogFlags(BaseModel):
    """What every service has."""

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Flag()] = Field(
        "INFO", description="SIGUSR1 makes it DEBUG, SIGUSR2 what it was"
    )
    log_format: Annotated[Literal["text", "json"], Flag()] = "text"
    log_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="log there instead of stderr; one process per file"
    )
    log_rotate: Annotated[str, Flag(metavar="SIZE|midnight")] = Field(
        "10MB", description="begin a new log file at this size, or each midnight"
    )
    log_keep: Annotated[int, Flag(metavar="N")] = Field(5, ge=1, le=1000, description="keep so many old log files")
    log_syslog: Annotated[str | None, Flag(metavar="SOCKET|HOST:PORT")] = Field(
        None, description="log to syslog instead of stderr: /dev/log, or a host's UDP port"
    )

    @field_validator("log_rotate")
    @classmethod
    def _rotation_is_readable(cls, text: str) -> str:
        if text != MIDNIGHT:
            size_of(text)
        return text

    @field_validator("log_syslog")
    @classmethod
    def _syslog_is_an_address(cls, text: str | None) -> str | None:
        if text is not None:
            address_of(text)
        return text


def size_of(text: str) -> int:
    """Bytes of `500KB`; raises ValueError."""
    found = re.fullmatch(r"([1-9]\d{0,11})(|KB|MB|GB)", text.upper())
    if found is None:
        raise ValueError("expected a size such as 500KB, 10MB or 1GB, or midnight")
    return int(found[1]) * _UNITS[found[2]]


def address_of(text: str) -> str | tuple[str, int]:
    """The path of a socket, or host and port; raises ValueError."""
    if text.startswith("/"):
        return text
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("expected a socket such as /dev/log, or HOST:PORT")
    return host.strip("[]"), int(port)
