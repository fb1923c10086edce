"""framebus ftp-ingest: its flags."""

from typing import Annotated

from pydantic import Field

from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.registry.telling import TellingSettings
from services.ftp_ingest.server_settings import ServerSettings
from services.ftp_ingest.spool_settings import SpoolSettings
from services.ftp_ingest.watch_settings import WatchSettings


class Settings(ServerSettings, SpoolSettings, WatchSettings, TellingSettings):
    """Flags of ftp-ingest."""

    silent_after: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, gt=0, le=366 * 86_400, description="a camera that sent nothing for so long is told as disconnected"
    )

    def require(self) -> None:
        super().require()
        self.need_work()
        self.need_own_folders()
        self.need_other_folders(self.spool_path, *([self.keep_path] if self.keep_path else []))

    def need_own_folders(self) -> None:
        """Raises SettingsError where pictures that are kept would come in again, or lie among those that wait."""
        if self.keep_path is None:
            return
        spool, keep = self.spool_path.resolve(), self.keep_path.resolve()
        if keep == spool or spool in keep.parents:
            raise SettingsError(f"--keep {self.keep}: expected a folder outside of the spool, {self.spool}")
