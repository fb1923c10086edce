"""Where a file goes that somebody sent, wherever it came from: into the spool, or back with the reason."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from libs.common.errors import TemporaryError


class FullError(TemporaryError):
    """There is no room for it now: whoever sent it keeps it and tries again."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A watched file as it was when it was read: another time or size is another picture."""

    path: Path
    mtime_ns: int
    size_bytes: int


class Inbox(Protocol):
    """Takes files, several threads at once."""

    def take(self, camera: str, name: str, file: BinaryIO, origin: Origin | None = None) -> str:
        """Returns the id of the frame once the picture lies safely on the disk: then it will be published, once.

        `name`: as whoever sent it called it, without folders; `file`: is read from where it stands. Raises
        PermanentError for what is no whole picture that we take ("empty", "not-a-picture", "cut-off", "too-large" …),
        FullError where there is no room.
        """
        ...
