"""One file: what is done with it when its turn has come."""

import io
import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from libs.common.errors import PermanentError, TemporaryError
from services.ftp_ingest.inbox import Inbox, Origin
from services.ftp_ingest.pictures import refusals
from services.ftp_ingest.watch.book import Book, digest_of
from services.ftp_ingest.watch.files import Look, is_file, look_of, opened, read_in, stat_in
from services.ftp_ingest.watch.folders import Folder, Folders
from services.ftp_ingest.watch.pending import File, Pending
from services.ftp_ingest.watch.scan import kind_of
from services.ftp_ingest.watch.tally import BUG, LINK, NO_FILE, Tally, shown

log = logging.getLogger(__name__)

UNFINISHED_S = 5.0
"""One that is not whole may become so; then it is tried once more as it is."""
FULL_S = 1.0
MAY_GROW = (refusals.EMPTY, refusals.CUT_OFF)


@dataclass
class Taking:
    """`max_bytes`: of one file."""

    inbox: Inbox
    folders: Folders
    book: Book
    pending: Pending
    tally: Tally
    max_bytes: int
    now_s: Callable[[], float]

    def take(self, file: File) -> None:
        """Into the inbox, or back in line, or left where it is."""
        folder = self.folders.of(file.path)
        if folder is None:
            return
        if not self.inbox.has_room(file.camera):
            self.pending.again(file, self.now_s() + FULL_S)
            return
        try:
            data = self._data(folder, file)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            self.tally.unreadable(file.path, error)
            return
        if data is not None:
            self._offer(file, data)

    def _data(self, folder: Folder, file: File) -> bytes | None:
        """None: it was dealt with, or is not still. Raises OSError."""
        directory, name = os.path.split(file.path)
        with opened(folder, directory) as at:
            found = stat_in(at, name)
            look = look_of(found)
            if self.book.has(file.path, look):
                return None
            if not is_file(found):
                reason = LINK if stat.S_ISLNK(found.st_mode) else NO_FILE
                self._leave(file, look, reason, f"{kind_of(found)}, expected a file")
                return None
            if look.size_bytes > self.max_bytes:
                self._leave(file, look, refusals.TOO_LARGE, f"expected at most {self.max_bytes} bytes")
                return None
            data = read_in(at, name, look) if look == file.look else None
            if data is None:
                self.pending.until_still(replace(file, look=look, tries=0), self.now_s())
            elif self.book.may_be_touched(file.path, found) and self.book.is_touched(file.path, look, data):
                return None
            return data

    def _offer(self, file: File, data: bytes) -> None:
        origin = Origin(Path(file.path), file.look.mtime_ns, file.look.size_bytes)
        self.book.begin(origin, digest_of(data))
        try:
            self.inbox.take(file.camera, self._name(file.path), io.BytesIO(data), origin)
        except TemporaryError as error:
            self.book.end(origin)
            self.pending.again(file, self.now_s() + error.delay_s)
        except PermanentError as error:
            self.book.end(origin)
            self._refused(file, error)
        except Exception:
            self.book.end(origin)
            log.exception("%s: a bug: it is left where it is", shown(file.path))
            self._leave(file, file.look, BUG, "a bug")
        else:
            self.tally.taken()

    def _refused(self, file: File, error: PermanentError) -> None:
        if error.reason in MAY_GROW and file.tries == 0:
            self.pending.wait(replace(file, tries=1), self.now_s() + UNFINISHED_S)
        else:
            self._leave(file, file.look, error.reason, str(error))

    def _leave(self, file: File, look: Look, reason: str, why: str) -> None:
        self.book.leave([(file.path, look)])
        self.tally.left(reason, file.path, why)

    def _name(self, path: str) -> str:
        """With the folders below the camera's."""
        return os.fsencode(self.folders.below_camera(path)).decode("utf-8", "replace")
