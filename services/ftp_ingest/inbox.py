"""Where a file goes that somebody sent, wherever it came from: into the spool, or back with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from libs.common.errors import PermanentError, TemporaryError


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

        `name`: as whoever sent it called it, with the folders in it where there are any: cameras put the time there;
        `file`: is read from where it stands. Raises PermanentError for what is no whole picture that we take (its
        `reason` is one of pictures/refusals.py), FullError where there is no room.
        """
        ...

    def has_room(self, camera: str) -> bool:
        """Whether a picture of it would be taken now; costs nothing, so that a file can be refused before it comes."""
        ...


Published = Callable[[Origin, PermanentError | None], bool]
"""Told once the bus has the picture of a watched file (None), or why it will never take it.

Returns whether that was written down; if not, the picture stays in the spool, and it is told again later. It is told
before the picture leaves the spool, so after a crash it may be told once more. Called by one thread, which
all pictures wait for: it must neither take long nor raise.
"""
