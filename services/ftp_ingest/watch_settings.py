"""The flags of watched folders."""

from typing import Annotated

from pydantic import Field

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.settings import ServiceSettings


class WatchSettings(ServiceSettings):
    """Which folders, whose pictures are in them, and what happens to a file once the bus has it."""

    watch: Annotated[Words, Flag(metavar="[CAMERA=]DIR")] = Field(
        (),
        description="folder to watch, repeatable: with a name all in it is that camera's, "
        "without one its first-level folders are named like their cameras",
    )

    def need_work(self) -> None:
        """Raises SettingsError where nothing could ever come."""
        if not getattr(self, "ftp", False) and not self.watch:
            raise SettingsError("--watch: expected a folder where --no-ftp is given")
