"""A lock file: held by one process, gone with it however it ends."""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from libs.common.errors import FatalError


class Lock:
    """An flock on a file, held from creation to close(); a child that inherits `fileno` holds it too."""

    def __init__(self, path: Path, *, wait: bool = False, taken: str = "") -> None:
        """Raises FatalError(`taken`) if another process holds it and we are not to wait."""
        self._file: IO[bytes] = path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            self._file.close()
            raise FatalError(taken or f"{path} is locked by another process") from None
        except BaseException:
            self._file.close()
            raise

    @property
    def fileno(self) -> int:
        """The descriptor to hand to a child that must hold the lock for as long as it lives."""
        return self._file.fileno()

    def close(self) -> None:
        """Let go of it; children that inherited it keep it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
