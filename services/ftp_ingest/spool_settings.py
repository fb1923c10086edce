"""The flags of the spool: what was taken lies there until the bus has it."""

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.hours import zone_of
from libs.common.settings import ServiceSettings
from services.ftp_ingest.name_time import NamePattern
from services.ftp_ingest.spool.limits import MIB, Limits


class SpoolSettings(ServiceSettings):
    """Where it is and how large it may get, what happens to pictures afterwards, and which time they have."""

    spool: Annotated[Path, Flag(metavar="DIR")] = Field(
        Path("~/.local/state/framebus/ftp-ingest"),
        description="folder for pictures until the bus has them, of this process alone",
    )
    spool_max: Annotated[int, Flag(metavar="MIB")] = Field(
        2048, ge=8, le=1 << 24, description="most that may lie in it; then uploads are put off (452)"
    )
    quota: Annotated[int, Flag(metavar="MIB")] = Field(
        512, ge=4, le=1 << 24, description="most of one camera that may lie in it"
    )
    min_free: Annotated[int, Flag(metavar="MIB")] = Field(
        256, ge=0, le=1 << 24, description="room on its disk that is left to others"
    )
    keep: Annotated[Path | None, Flag(metavar="DIR")] = Field(
        None, description="move each picture here once the bus has it, into a folder of its camera; else it is deleted"
    )
    name_time: Annotated[str | None, Flag(metavar="PATTERN")] = Field(
        None,
        max_length=200,
        description="when a picture was taken, found in its name or the folders before it, like %Y%m%d%H%M%S; "
        "else when it came",
    )
    timezone: Annotated[str | None, Flag(metavar="ZONE")] = Field(
        None, description="of the cameras' clocks, like Europe/Berlin: expected with --name-time"
    )

    @field_validator("spool", "keep")
    @classmethod
    def _is_a_folder(cls, path: Path | None) -> Path | None:
        if path is not None and (not path.name or path.name == "~" or (path.exists() and not path.is_dir())):
            raise ValueError("expected a folder of its own")
        return path

    @field_validator("timezone")
    @classmethod
    def _zone_is_one(cls, text: str | None) -> str | None:
        if text is not None:
            _zone(text)
        return text

    @model_validator(mode="after")
    def _name_time_has_a_zone(self) -> Self:
        if self.name_time is not None and self.timezone is None:
            raise ValueError("--name-time: expected --timezone with it, like Europe/Berlin or UTC")
        if self.timezone is not None and self.name_time is None:
            raise ValueError("--timezone: unused without --name-time")
        self.pattern()
        return self

    @property
    def spool_path(self) -> Path:
        return self.spool.expanduser()

    @property
    def keep_path(self) -> Path | None:
        return self.keep.expanduser() if self.keep is not None else None

    def spool_limits(self) -> Limits:
        return Limits(self.spool_max * MIB, self.quota * MIB, self.min_free * MIB)

    def pattern(self) -> NamePattern | None:
        """None: no name says anything. Raises ValueError."""
        if self.name_time is None or self.timezone is None:
            return None
        try:
            return NamePattern(self.name_time, _zone(self.timezone))
        except ValueError as error:
            raise ValueError(f"--name-time: {error}") from None


def _zone(text: str) -> ZoneInfo:
    try:
        return zone_of(text, "timezone")
    except SettingsError as error:
        raise ValueError(str(error).partition(": ")[2]) from None
