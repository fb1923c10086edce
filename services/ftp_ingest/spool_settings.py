"""The flags of the spool: what was taken lies there until the bus has it."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from libs.common.flags import Flag
from libs.common.settings import ServiceSettings


class SpoolSettings(ServiceSettings):
    """Where it is and how large it may get."""

    spool: Annotated[Path, Flag(metavar="DIR")] = Field(
        Path("~/.local/state/framebus/ftp-ingest"),
        description="folder for pictures until the bus has them, of this process alone",
    )
