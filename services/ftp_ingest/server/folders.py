"""The folders that a client sees: none of them exists. Nothing here reaches the disk."""

import posixpath
from collections import deque
from collections.abc import Iterator
from typing import Any, NoReturn

from services.ftp_ingest.server.library import FilesystemError

LONGEST, DEEPEST, REMEMBERED = 1024, 32, 64


class Folders:
    """What pyftpdlib asks of a file system, for one session: one can go anywhere, and everywhere is empty.

    Paths are absolute and begin with /. Of files that were taken in this session the names are remembered: whoever
    uploads under one name and renames it to another is told that it worked.
    """

    root = "/"

    def __init__(self, root: str, cmd_channel: Any) -> None:
        self.cwd = root
        self.cmd_channel = cmd_channel
        self._taken: deque[str] = deque(maxlen=REMEMBERED)

    def took(self, path: str) -> None:
        """A file came whole under this name."""
        self._taken.append(path)

    def ftp2fs(self, path: str) -> str:
        """Absolute, without . and .."""
        return "/" + posixpath.normpath(posixpath.join(self.cwd, path)).lstrip("/")

    def fs2ftp(self, path: str) -> str:
        """For answers."""
        return path if self.validpath(path) else "/"

    def validpath(self, path: str) -> bool:
        """Neither endless nor unprintable."""
        return len(path) <= LONGEST and path.count("/") <= DEEPEST and path.isprintable()

    def isdir(self, path: str) -> bool:
        return True

    def isfile(self, path: str) -> bool:
        return False

    def lexists(self, path: str) -> bool:
        """Whether it can be renamed."""
        return path in self._taken

    def realpath(self, path: str) -> str:
        return path

    def chdir(self, path: str) -> None:
        self.cwd = path

    def mkdir(self, path: str) -> None:
        """There it is."""

    def listdir(self, path: str) -> list[str]:
        return []

    def format_list(self, *_: Any) -> Iterator[bytes]:
        return iter(())

    def format_mlsx(self, *_: Any, ignore_err: bool = True) -> Iterator[bytes]:
        """Nothing of a folder; `ignore_err` is False where one file is asked for."""
        return iter(()) if ignore_err else self._nothing()

    def rename(self, old: str, new: str) -> None:
        """The picture is gone to where it belongs; what is renamed is its name here."""
        self.remove(old)
        self._taken.append(new)

    def remove(self, path: str) -> None:
        """Only what was uploaded just now: so that nobody believes that pictures can be deleted here."""
        if path not in self._taken:
            self._nothing()
        self._taken.remove(path)

    def rmdir(self, path: str) -> NoReturn:
        self._nothing()

    def _nothing(self) -> NoReturn:
        raise FilesystemError("No such file or directory")
