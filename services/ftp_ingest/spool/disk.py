"""Writing a file so that it is there, whole, when this returns, whatever happens to the machine afterwards."""

import os
from errno import EINVAL, EOPNOTSUPP
from pathlib import Path

PARTIAL = ".partial-"


class Folder:
    """A folder of files that this user alone may read; the names that begin with PARTIAL are nobody's."""

    def __init__(self, path: Path) -> None:
        """Makes it where it is not; one that is there stays as it is. Raises OSError."""
        make(path)
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)

    def write(self, name: str, data: bytes) -> None:
        """On the disk, under its name; raises OSError, and nothing of it is there then."""
        partial = self.path / f"{PARTIAL}{name}"
        try:
            write(partial, data)
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


def make(folder: Path) -> None:
    """For this user alone, with those above it, where they are not there yet. Raises OSError."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync(folder.parent)


def sync(folder: Path) -> None:
    """What is in it has its name there after a power loss, too; not every network share can. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in (EINVAL, EOPNOTSUPP):
            raise
    finally:
        os.close(fd)


def write(path: Path, data: bytes) -> None:
    """A new file, for this user alone, on the disk; its name may not be. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)
