"""The file of those who may log in: a line for each camera, its name and the hash of its password."""

import fcntl
import logging
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from libs.common.errors import SettingsError
from libs.common.names import NAME

log = logging.getLogger(__name__)
_LINE = re.compile(rf"({NAME}):(scrypt:\d{{1,9}}:\d{{1,3}}:\d{{1,3}}\$[^$\s]{{1,100}}\$[0-9a-f]{{128}})")


def read(path: Path) -> dict[str, str]:
    """Camera -> hash; nobody where there is no file. Raises SettingsError, without what a line says."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"--users {path}: expected a readable file ({type(error).__name__})") from None
    users = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        if not (found := _LINE.fullmatch(line)):
            raise SettingsError(f"--users {path}: line {number}: expected CAMERA:HASH, see framebus ftp-ingest user")
        users[found[1]] = found[2]
    return users


@contextmanager
def changed(path: Path) -> Iterator[dict[str, str]]:
    """What was read, to be changed; then it is the file, for this user alone, whole or not at all. One at a time.

    Raises SettingsError, OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        users = read(path)
        yield users
        _write(path, [*_remarks(path), *(f"{name}:{hashed}" for name, hashed in sorted(users.items()))])
        os.fsync(folder)
    finally:
        os.close(folder)


def _remarks(path: Path) -> list[str]:
    """An operator's own lines: they stand first from now on."""
    return [line for line in path.read_text().splitlines() if line.startswith("#")] if path.exists() else []


def _write(path: Path, lines: Iterable[str]) -> None:
    made, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(made, "w") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


class Users:
    """The file as it is now, for several threads; while it cannot be read, as it was."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError."""
        self.path = path
        self._lock = Lock()
        self._state = _state(path)
        self._users = read(path)

    def stored(self, name: str) -> str | None:
        """The hash of this camera's password; None: nobody of this name."""
        return self._now().get(name)

    def names(self) -> frozenset[str]:
        """Of all cameras that may log in."""
        return frozenset(self._now())

    def _now(self) -> Mapping[str, str]:
        """As a whole: it is replaced, never changed."""
        with self._lock:
            if (state := _state(self.path)) != self._state:
                self._state = state
                self._read_anew()
            return self._users

    def _read_anew(self) -> None:
        try:
            self._users = read(self.path)
        except SettingsError as error:
            log.warning("%s; those who could log in before still can", error)


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size
