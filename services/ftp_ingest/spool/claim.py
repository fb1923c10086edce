"""A folder that is the spool of one process: nobody else's files are in it, and nobody else uses it."""

import time
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.lock import Lock

LOCK = "lock"
NOBODYS = {"lost+found"}
"""A disk of its own has that from the start."""
WAIT_S = 1.0
"""--check has the lock for a moment."""


def expect_own(path: Path) -> None:
    """Raises FatalError where files are in it that no spool has, OSError."""
    if not path.is_dir() or (path / LOCK).is_file():
        return
    if foreign := next((each.name for each in path.iterdir() if each.name not in NOBODYS), None):
        raise FatalError(f"--spool {path}: expected an empty folder or a spool, {foreign!r} is in it")


def lock_of(path: Path) -> Lock:
    """Raises FatalError where another process has it, OSError."""
    (path / LOCK).touch(mode=0o600)
    until_s = time.monotonic() + WAIT_S
    while True:
        try:
            return Lock(path / LOCK, taken=f"--spool {path}: another process uses it, expected one of its own")
        except FatalError:
            if time.monotonic() > until_s:
                raise
            time.sleep(WAIT_S / 20)
