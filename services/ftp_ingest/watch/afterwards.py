"""What happens to a file once the bus has its picture: it is kept, deleted or moved."""

import logging
import os
import threading
from collections import deque

from libs.common.errors import PermanentError, TemporaryError
from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.watch.aside import aside, put_back
from services.ftp_ingest.watch.book import Book, digest_of
from services.ftp_ingest.watch.files import look_of, opened, read_in, stat_in
from services.ftp_ingest.watch.folders import Folder, Folders
from services.ftp_ingest.watch.move import move, sync
from services.ftp_ingest.watch.plan import Plan
from services.ftp_ingest.watch.tally import Tally, shown

log = logging.getLogger(__name__)

MOST_FILES = 100_000
"""More are not remembered here; they are in the ledger, and taken away after the next start."""


class Afterwards:
    """Written down at once, done a little later by another thread: a slow share makes nobody wait."""

    def __init__(self, plan: Plan, folders: Folders, book: Book, tally: Tally, news: threading.Event) -> None:
        self._action, self._move_to = plan.after, plan.move_to
        self._folders, self._book, self._tally, self._news = folders, book, tally, news
        self._owed: deque[str] = deque()
        self._asks = False

    def settled(self, origin: Origin, error: PermanentError | None) -> bool:
        """The bus has its picture, or will never take it (`error`). Told twice it is done once; raises nothing.

        False: it cannot be written down now, and is known until this process ends.
        """
        try:
            if error is not None:
                self._book.refused(origin)
            else:
                self._book.published(origin, owed=self._action != "keep")
                self._owe(str(origin.path))
        except TemporaryError as trouble:
            self._tally.once("ledger", str(trouble))
            return False
        return True

    def _owe(self, path: str) -> None:
        if self._action != "keep" and len(self._owed) < MOST_FILES:
            self._owed.append(path)
            self._news.set()

    def again(self) -> None:
        """What was not taken away before, perhaps because its folder was not there."""
        self._asks = self._action != "keep"

    def step(self) -> bool:
        """Takes one file away; False: there is none."""
        if self._asks and not self._owed:
            self._asks = False
            self._owed.extend(self._book.owed(MOST_FILES))
        if not self._owed:
            return False
        path = self._owed.popleft()
        folder = self._folders.of(path)
        if folder is None:
            return True
        try:
            self._take_away(folder, path)
        except (FileNotFoundError, NotADirectoryError):
            log.debug("%s: it is gone, or its folder is", shown(path))
        except OSError as error:
            why = error.strerror or type(error).__name__
            self._tally.once(self._action, f"{shown(path)}: stays, as others like it will: {self._action}: {why}")
            self._book.stays(path)
        return True

    def _take_away(self, folder: Folder, path: str) -> None:
        """Unless it is another picture by now. Raises OSError."""
        directory, name = os.path.split(path)
        with opened(folder, directory) as at:
            put_back(at, name)
            if not self._is_published(at, name, path):
                return
            with aside(at, name) as hidden:
                if not self._is_published(at, hidden, path):
                    return
                self._remove(at, hidden, path)
        self._book.taken_away(path)

    def _remove(self, at: int, name: str, path: str) -> None:
        if self._move_to is None:
            os.unlink(name, dir_fd=at)
            sync(at)
        else:
            camera = self._folders.camera_of(os.path.dirname(path)) or ""
            move(at, name, self._move_to / camera / self._folders.below_camera(path))

    def _is_published(self, at: int, name: str, path: str) -> bool:
        """Also where its time alone was set since."""
        look = look_of(stat_in(at, name))
        if self._book.is_published(path, look, None):
            return True
        data = read_in(at, name, look)
        return data is not None and self._book.is_published(path, look, digest_of(data))
