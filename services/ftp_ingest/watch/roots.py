"""Whether the watched folders are there: a share may be mounted later, or go and come back."""

import logging
import os
from collections.abc import Callable

from services.ftp_ingest.watch.folders import Folders
from services.ftp_ingest.watch.tally import Tally, shown

log = logging.getLogger(__name__)


class Roots:
    """Each is looked at again and again; costs one stat of each."""

    def __init__(self, folders: Folders, tally: Tally, forget: Callable[[str], None]) -> None:
        """`forget` is told a folder that went, or is another by now."""
        self._folders, self._tally, self._forget = folders, tally, forget
        self._there: dict[str, tuple[int, int] | None] = {}

    def there(self) -> tuple[str, ...]:
        """Those that are there, as of the last look."""
        return tuple(path for path, identity in self._there.items() if identity)

    def look(self) -> list[str]:
        """Those that have come since the last look, for the first time or again, or as another one: a mount."""
        came: list[str] = []
        for path in (folder.path for folder in self._folders.roots):
            now, before = _identity(path), self._there.get(path)
            if before and now != before:
                self._forget(path)
            if now is None:
                self._tally.once(path, f"{shown(path)}: not there, or no folder: waiting for it")
            elif now != before:
                self._tally.news(path)
                came.append(path)
                if path in self._there:
                    log.info("%s: there now", shown(path))
            self._there[path] = now
        return came


def _identity(path: str) -> tuple[int, int] | None:
    """Device and number: another folder of the same name has others."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if os.path.isdir(path) else None
