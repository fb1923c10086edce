"""Which files are done, on the disk: so that none is taken twice, also after a crash."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from libs.common.errors import FatalError, TemporaryError
from services.ftp_ingest.watch.files import Look

NAME, NAME_NOW = "watched.sqlite3", "watched-now.sqlite3"
MOST_FILES = 2_000_000
"""About 300 MB of disk. Beyond, the oldest are known by their time alone: what is as old is done."""
PUBLISHED, LEFT = "main", "now"
"""Two files of one shape: what was published outlives a restart, what was left alone is looked at again after one."""
TABLE = """
CREATE TABLE IF NOT EXISTS {0}.done (
    path BLOB PRIMARY KEY, mtime_ns INTEGER, size_bytes INTEGER, digest BLOB, owed INTEGER, gone_at INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS {0}.owing ON done (owed) WHERE owed;
CREATE TABLE IF NOT EXISTS {0}.bound (mtime_ns INTEGER);
"""
SAFE = "PRAGMA main.journal_mode = WAL; PRAGMA main.synchronous = FULL;"
QUICK = "PRAGMA now.journal_mode = MEMORY; PRAGMA now.synchronous = OFF;"
FOUND = "SELECT mtime_ns, size_bytes, digest FROM {}.done WHERE path = :path"
FIND = f"{FOUND.format(PUBLISHED)} UNION ALL {FOUND.format(LEFT)}"
OLDEST = "SELECT mtime_ns FROM {}.done ORDER BY mtime_ns LIMIT 1 OFFSET ?"


@dataclass(frozen=True, slots=True)
class Done:
    """A file that was dealt with. `digest`: of its bytes, None: not known any more."""

    look: Look
    digest: bytes | None = None


class Ledger:
    """Several threads at once; everything raises TemporaryError, where there is no room for one.

    Raises FatalError where it cannot be used from the start: without it pictures would come twice.
    """

    def __init__(self, folder: Path, most_files: int = MOST_FILES) -> None:
        self._lock = threading.Lock()
        self._most = most_files
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / NAME_NOW).unlink(missing_ok=True)
            self._base = sqlite3.connect(folder / NAME, check_same_thread=False, timeout=5)
            self._base.execute("ATTACH ? AS now", (str(folder / NAME_NOW),))
            self._base.executescript(SAFE + QUICK + TABLE.format(PUBLISHED) + TABLE.format(LEFT))
            self._oldest = {part: self._number(f"SELECT max(mtime_ns) FROM {part}.bound") for part in (PUBLISHED, LEFT)}  # noqa: S608
            self._count = {part: self._rows(part) for part in (PUBLISHED, LEFT)}
        except (sqlite3.Error, OSError) as error:
            raise FatalError(
                f"{folder / NAME}: {error}; expected a folder of this process alone, to write to"
            ) from None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One thread at a time, all of it or nothing."""
        with self._lock:
            try:
                with self._base:
                    yield
            except sqlite3.Error as error:
                raise TemporaryError(f"which files are done cannot be written down: {error}") from None

    def _number(self, question: str) -> int | None:
        found: int | None = self._base.execute(question).fetchone()[0]
        return found

    def _rows(self, part: str) -> int:
        return self._number(f"SELECT count(*) FROM {part}.done") or 0  # noqa: S608

    def done(self, path: str) -> list[Done]:
        """As what it was published, and as what it was left alone."""
        return self._find(FIND, path)

    def published(self, path: str) -> list[Done]:
        """One at most."""
        return self._find(FOUND.format(PUBLISHED), path)

    def _find(self, question: str, path: str) -> list[Done]:
        with self._turn():
            rows = self._base.execute(question, {"path": os.fsencode(path)}).fetchall()
        return [Done(Look(mtime_ns, size_bytes), digest) for mtime_ns, size_bytes, digest in rows]

    def before_all(self, look: Look) -> bool:
        """Whether it is older than all that is known one by one."""
        return any(oldest is not None and look.mtime_ns <= oldest for oldest in self._oldest.values())

    def put(self, part: str, files: Iterable[tuple[str, Done]], owed: bool = False) -> None:
        """What was PUBLISHED is safely on the disk when it returns. `owed`: it is yet to be deleted or moved."""
        rows = [
            (os.fsencode(path), done.look.mtime_ns, done.look.size_bytes, done.digest, owed) for path, done in files
        ]
        with self._turn():
            self._base.executemany(f"INSERT OR REPLACE INTO {part}.done VALUES (?, ?, ?, ?, ?, NULL)", rows)  # noqa: S608
            self._count[part] += len(rows)
            if self._count[part] > self._most:
                self._bound(part)

    def _bound(self, part: str) -> None:
        """A count that has every change of a file in it becomes true again."""
        self._count[part] = self._rows(part)
        if self._count[part] <= self._most:
            return
        too_many = self._count[part] - self._most * 9 // 10
        (oldest,) = self._base.execute(OLDEST.format(part), (too_many,)).fetchone()
        self._base.execute(f"DELETE FROM {part}.done WHERE mtime_ns <= ?", (oldest,))  # noqa: S608
        self._base.execute(f"INSERT INTO {part}.bound VALUES (?)", (oldest,))  # noqa: S608
        self._oldest[part], self._count[part] = oldest, self._rows(part)

    def owed(self, most: int) -> list[str]:
        """What is yet to be deleted or moved."""
        with self._turn():
            rows = self._base.execute(f"SELECT path FROM {PUBLISHED}.done WHERE owed LIMIT ?", (most,)).fetchall()  # noqa: S608
        return [os.fsdecode(path) for (path,) in rows]

    def not_owed(self, path: str) -> None:
        """It cannot be."""
        with self._turn():
            self._base.execute(f"UPDATE {PUBLISHED}.done SET owed = 0 WHERE path = ?", (os.fsencode(path),))  # noqa: S608

    def after(self, part: str, path: str, most: int) -> list[tuple[str, int | None]]:
        """The next ones by name, and since when each is gone (UTC ns)."""
        question = f"SELECT path, gone_at FROM {part}.done WHERE path > ? ORDER BY path LIMIT ?"  # noqa: S608
        with self._turn():
            rows = self._base.execute(question, (os.fsencode(path), most)).fetchall()
        return [(os.fsdecode(row[0]), row[1]) for row in rows]

    def mark_gone(self, part: str, paths: Iterable[str], at_ns: int | None) -> None:
        """They are not there; `at_ns` None: they are again."""
        with self._turn():
            rows = [(at_ns, os.fsencode(path)) for path in paths]
            self._base.executemany(f"UPDATE {part}.done SET gone_at = ? WHERE path = ?", rows)  # noqa: S608

    def forget(self, part: str, paths: Iterable[str]) -> None:
        with self._turn():
            rows = [(os.fsencode(path),) for path in paths]
            self._base.executemany(f"DELETE FROM {part}.done WHERE path = ?", rows)  # noqa: S608

    def close(self) -> None:
        with self._lock:
            self._base.close()
