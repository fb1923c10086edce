"""The flags of the FTP server."""

from typing import Annotated

from pydantic import Field

from libs.common.flags import Flag
from libs.common.serving_settings import ServingSettings


class ServerSettings(ServingSettings):
    """Where it listens, who may log in, what one may do."""

    ftp: Annotated[bool, Flag()] = Field(True, description="run the FTP server; off where folders alone are watched")
    host: Annotated[str, Flag()] = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9._:-]{1,253}$", description="address to listen on"
    )
    port: Annotated[int, Flag("-p")] = Field(2121, ge=0, le=65535, description="port to listen on, 0: any free one")
