"""Opening files that somebody else may replace by something else at any moment."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.ftp_ingest.watch.folders import Folder, inside

CLOCK_REALTIME_COARSE = 5
"""Linux, uapi/linux/time.h; Python has no name for it."""
MOST_TICKS_WAITED = 200
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """A file as it was at one moment: when it was last written (or said so), and its size."""

    mtime_ns: int
    size_bytes: int


def files_begin_ns() -> int:
    """UTC, by the clock that stamps files: changes from now on are not earlier, all before are.

    That clock stands still from one tick to the next, and lags behind where a machine is busy.
    """
    before_ns = now_ns = time.clock_gettime_ns(CLOCK_REALTIME_COARSE)
    for _ in range(MOST_TICKS_WAITED):
        if now_ns != before_ns:
            break
        time.sleep(0.001)
        now_ns = time.clock_gettime_ns(CLOCK_REALTIME_COARSE)
    return now_ns


def look_of(found: os.stat_result) -> Look:
    return Look(found.st_mtime_ns, found.st_size)


def is_file(found: os.stat_result) -> bool:
    """And no link, pipe, device, socket or folder."""
    return stat.S_ISREG(found.st_mode)


def times_were_set(found: os.stat_result) -> bool:
    """Writing leaves both times the same; rsync and cp -p set the one later, of the same picture."""
    return found.st_mtime_ns != found.st_ctime_ns


@contextmanager
def opened(folder: Folder, directory: str) -> Iterator[int]:
    """The descriptor of a directory in `folder`, or of itself; no link below it is followed. Raises OSError."""
    at = os.open(folder.path, FOLDER_FLAGS)
    try:
        for part in filter(None, inside(folder, directory).split("/")):
            below = os.open(part, FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)


def stat_in(at: int, name: str) -> os.stat_result:
    """Of the file with that name in an open directory, of itself if it is a link. Raises OSError."""
    return os.stat(name, dir_fd=at, follow_symlinks=False)


def read_in(at: int, name: str, expected: Look) -> bytes | None:
    """All of a file, which is opened as what it was looked at only; None: it is another by now. Raises OSError."""
    descriptor = os.open(name, FILE_FLAGS, dir_fd=at)
    with open(descriptor, "rb", buffering=0) as file:
        found = os.fstat(descriptor)
        if not is_file(found) or look_of(found) != expected:
            return None
        parts, left = [], expected.size_bytes
        while left > 0 and (part := file.read(min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
        return None if left or look_of(os.fstat(descriptor)) != expected else b"".join(parts)
