"""Writing a file so that it is there, whole, when this returns, whatever happens to the machine afterwards."""

import os
from pathlib import Path

PARTIAL = ".partial-"


class Folder:
    """A folder of files that only this user may read; the names that begin with PARTIAL are nobody's."""

    def __init__(self, path: Path) -> None:
        """Makes it where it is not; raises OSError."""
        new = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        for folder in new:
            _sync(folder.parent)
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)

    def write(self, name: str, data: bytes) -> None:
        """On the disk, under its name; raises OSError, and nothing of it is there then."""
        partial = self.path / f"{PARTIAL}{name}"
        try:
            _write(partial, data)
            partial.rename(self.path / name)
            os.fsync(self._fd)
        except BaseException:
            partial.unlink(missing_ok=True)
            (self.path / name).unlink(missing_ok=True)
            raise

    def clean(self) -> None:
        """Takes away what was not finished."""
        for path in self.path.glob(f"{PARTIAL}*"):
            path.unlink()

    def free_bytes(self) -> int:
        """What a user may still write."""
        found = os.fstatvfs(self._fd)
        return found.f_bavail * found.f_frsize

    def close(self) -> None:
        os.close(self._fd)


def _sync(folder: Path) -> None:
    """What is in it has its name there after a power loss, too."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)
