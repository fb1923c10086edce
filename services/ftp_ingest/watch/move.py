"""Moving a file to another folder, under a name that nothing has there, across file systems too."""

import errno
import filecmp
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from services.ftp_ingest.spool.disk import make
from services.ftp_ingest.watch.files import FILE_FLAGS, FOLDER_FLAGS

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
MOST_NAMES = 1000


def move(at: int, name: str, target: Path) -> Path:
    """`name` in the open directory `at`. Returns where it is now; raises OSError, and it is where it was.

    Done again after it was broken off, it ends as if it had not been.
    """
    make(target.parent)
    found = os.stat(name, dir_fd=at, follow_symlinks=False)
    for free in _names(target, found.st_mtime_ns):
        if _was_moved(at, name, found, free):
            break
        with suppress(FileExistsError):
            _to(at, name, free)
            break
    else:
        raise FileExistsError(errno.EEXIST, "all names are taken", str(target))
    try:
        os.unlink(name, dir_fd=at)
    except OSError:
        free.unlink(missing_ok=True)
        raise
    sync(at)
    return free


def _names(target: Path, mtime_ns: int) -> Iterator[Path]:
    """`door.jpg`, `door-20260131T120000.123456.jpg`, and then with numbers."""
    yield target
    written_at = datetime.fromtimestamp(mtime_ns // 10**9, UTC).strftime("%Y%m%dT%H%M%S")
    stem = f"{target.stem}-{written_at}.{mtime_ns // 1000 % 10**6:06d}"
    yield target.with_name(f"{stem}{target.suffix}")
    for number in range(1, MOST_NAMES):
        yield target.with_name(f"{stem}-{number}{target.suffix}")


def _was_moved(at: int, name: str, found: os.stat_result, target: Path) -> bool:
    """Whether it lies there already: a process that ended between its two steps left it in both places."""
    try:
        there = target.lstat()
    except FileNotFoundError:
        return False
    if os.path.samestat(found, there):
        return True
    if (found.st_mtime_ns, found.st_size) != (there.st_mtime_ns, there.st_size):
        return False
    return filecmp.cmp(f"/proc/self/fd/{at}/{name}", target, shallow=False)


def _to(at: int, name: str, target: Path) -> None:
    """It is there too, whole. Raises FileExistsError, or another OSError."""
    try:
        os.link(name, target, src_dir_fd=at, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in {errno.EXDEV, *NO_LINKS}:
            raise
        _copy(at, name, target)
    _sync(target.parent)


def _copy(at: int, name: str, target: Path) -> None:
    partial = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(name, FILE_FLAGS, dir_fd=at), "rb") as source, open(partial, "wb", opener=_private) as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            found = os.fstat(source.fileno())
            os.fchmod(copy.fileno(), stat.S_IMODE(found.st_mode))
            os.utime(copy.fileno(), ns=(found.st_atime_ns, found.st_mtime_ns))
            os.fsync(copy.fileno())
        _place(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _place(partial: Path, target: Path) -> None:
    try:
        os.link(partial, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        partial.replace(target)


def sync(at: int) -> None:
    """What was renamed or taken away in an open directory stays so; not every network share can."""
    with suppress(OSError):
        os.fsync(at)


def _sync(directory: Path) -> None:
    at = os.open(directory, FOLDER_FLAGS)
    try:
        sync(at)
    finally:
        os.close(at)
