"""Pictures on the disk between whoever sent them and the bus: safe once they are put, bounded, in order."""

import errno
import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

from libs.common.clock import Clock
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.messages import Frame
from services.ftp_ingest.inbox import FullError, Origin
from services.ftp_ingest.spool.claim import expect_own, lock_of
from services.ftp_ingest.spool.disk import Folder
from services.ftp_ingest.spool.entries import FRAME, SENT, WATCHED, Entry, damaged, packed, unpacked
from services.ftp_ingest.spool.index import Index
from services.ftp_ingest.spool.limits import TYPICAL_BYTES, Limits
from services.ftp_ingest.spool.scan import scan
from services.ftp_ingest.spool.set_aside import SetAside

log = logging.getLogger(__name__)

REFUSED = "refused"


class Spool:
    """One process has it; several threads put, one takes out. Raises FatalError where it cannot be had."""

    def __init__(self, path: Path, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._turn = threading.Condition()
        self._index = Index()
        self._last_stamp = 0
        self._said_full = ""
        try:
            expect_own(path)
            self._folder = Folder(path)
            self._lock = lock_of(path)
            self._folder.clean()
            self._aside = SetAside(path / REFUSED)
            self.left = scan(path)
        except OSError as error:
            raise FatalError(f"--spool {path}: {error.strerror or error}") from None
        for entry in self.left:
            self._index.reserve(entry.camera, entry.size_bytes)
            self._index.add(entry)
            self._last_stamp = entry.stamp

    @property
    def path(self) -> Path:
        return self._folder.path

    def put(self, frame: Frame, origin: Origin | None = None) -> None:
        """It is on the disk when this returns, behind all of its camera; raises FullError, and it is not.

        Whoever calls it keeps the order of one camera.
        """
        data = packed(frame, origin)
        self._reserve(frame.camera, len(data))
        try:
            entry = self._entry(frame, origin, len(data))
            self._folder.write(entry.file, data)
        except BaseException as error:
            with self._turn:
                self._index.release(frame.camera, len(data))
            if isinstance(error, OSError):
                raise self._full(f"the spool cannot be written: {error.strerror or error}") from None
            raise
        with self._turn:
            self._index.add(entry)
            self._said_full = ""
            self._turn.notify_all()

    def has_room(self, camera: str) -> bool:
        """For a picture of usual size."""
        with self._turn:
            return not self._why_full(camera, TYPICAL_BYTES)

    def _reserve(self, camera: str, size_bytes: int) -> None:
        with self._turn:
            why = self._why_full(camera, size_bytes)
            if not why:
                self._index.reserve(camera, size_bytes)
        if why:
            raise self._full(why)

    def _why_full(self, camera: str, size_bytes: int) -> str:
        index = self._index
        free_bytes = self._folder.free_bytes()
        return self._limits.full(index.files, index.bytes, index.bytes_of[camera], free_bytes, size_bytes)

    def _full(self, why: str) -> FullError:
        """Said once, until there was room again."""
        if not self._said_full:
            log.warning("%s: no picture is taken until there is room", why)
        self._said_full = why
        return FullError(why)

    def _entry(self, frame: Frame, origin: Origin | None, size_bytes: int) -> Entry:
        with self._turn:
            self._last_stamp = max(self._clock.now_ns(), self._last_stamp + 1)
            kind = WATCHED if origin else FRAME
            return Entry(self._last_stamp, frame.camera, frame.boot, frame.seq, size_bytes, origin, kind)

    def next(self, timeout_s: float) -> Entry | None:
        """The oldest that was not handed out yet; waits so long for one."""
        with self._turn:
            if (entry := self._index.next()) is None and timeout_s:
                self._turn.wait(timeout_s)
                entry = self._index.next()
            return entry

    def put_back(self, entry: Entry) -> None:
        """It was handed out, and is again: before all others."""
        with self._turn:
            self._index.put_back(entry)

    def rest(self, timeout_s: float) -> None:
        """Wait so long, or until something was put."""
        with self._turn:
            self._turn.wait(timeout_s)

    def read(self, entry: Entry) -> Frame:
        """Its message; raises PermanentError("damaged"), TemporaryError where it cannot be read now."""
        try:
            data = (self.path / entry.file).read_bytes()
        except FileNotFoundError:
            raise damaged("it is gone") from None
        except OSError as error:
            if error.errno == errno.EIO:
                raise damaged("the disk cannot read it") from None
            raise TemporaryError(f"{entry.file} cannot be read: {error.strerror or error}") from None
        return unpacked(data)[0]

    def get(self, frame_id: str) -> Entry | None:
        with self._turn:
            return self._index.get(frame_id)

    def remove(self, entry: Entry) -> None:
        """The bus has it."""
        self._forget(entry)
        try:
            (self.path / entry.file).unlink(missing_ok=True)
        except OSError as error:
            log.error("%s stays in the spool: %s", entry.file, error.strerror)

    def mark_sent(self, entry: Entry) -> None:
        """The bus has it, and something else has to be done with it. Raises OSError."""
        marked = replace(entry, kind=SENT)
        if not entry.sent:
            (self.path / entry.file).rename(self.path / marked.file)
        with self._turn:
            self._index.replace(marked)

    def set_aside(self, entry: Entry, error: PermanentError) -> None:
        """The bus will never have it."""
        self._forget(entry)
        try:
            self._aside.put(self.path / entry.file, error.reason, str(error))
        except OSError as trouble:
            log.error("%s cannot be set aside: %s", entry.file, trouble.strerror)

    def _forget(self, entry: Entry) -> None:
        with self._turn:
            self._index.remove(entry)

    def sent(self) -> list[Entry]:
        """Those with which something else has to be done."""
        with self._turn:
            return [entry for entry in self._index.all() if entry.sent]

    def origins(self) -> set[Origin]:
        """Watched files whose pictures the bus does not have yet, as far as is known."""
        with self._turn:
            return {entry.origin for entry in self._index.all() if entry.origin}

    def waits(self, camera: str) -> bool:
        """Whether a picture of it was not handed out yet."""
        with self._turn:
            return self._index.waiting_of[camera] > 0

    def usage(self) -> tuple[int, int, float]:
        """Files, bytes, age of the oldest in seconds (0: there is none)."""
        with self._turn:
            oldest = self._index.oldest()
            age_s = (self._clock.now_ns() - oldest.stamp) / 1e9 if oldest else 0.0
            return self._index.files, self._index.bytes, max(0.0, age_s)

    def entries(self) -> Iterable[Entry]:
        """All, oldest first."""
        with self._turn:
            return self._index.all()

    def close(self) -> None:
        """Another process may have it now."""
        self._lock.close()
        self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
