"""Follows rules.yaml while the service runs: what is wrong in it changes nothing."""

import logging
from collections.abc import Callable
from pathlib import Path

from libs.common.clock import Clock
from libs.common.errors import SettingsError
from services.notifier.book import Book
from services.notifier.rules.difference import difference
from services.notifier.rules.doubts import doubts
from services.notifier.rules.read import read_book
from services.notifier.rules.stamps import files_of, stamp

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""A change is read when the files were the same twice: some editors empty a file before they write it."""
AGAIN_S = 30.0
"""A refused file is tried again: a secret that it names may be there by then."""


class Watched:
    """`book` may be asked for by any thread, `look` by one. Files of secrets are followed, too."""

    def __init__(self, path: Path, book: Book, clock: Clock, read: Callable[[Path], Book] = read_book) -> None:
        """`book` was read from `path` a moment ago; `read` raises SettingsError."""
        self._path, self._clock, self._read = path, clock, read
        self._book = book
        self.refused = ""
        """Why the file that is there now does not count; empty if it does."""
        self._looked_s = self._tried_s = clock.monotonic_s()
        # What was written between the reading and now is read, too.
        self._taken = self._last = ""
        self._doubts: set[str] = set()
        self._doubt(book)

    @property
    def book(self) -> Book:
        """The newest good one."""
        return self._book

    def look(self) -> bool:
        """Reads the file if it is another one, and no longer being written; whether `book` is another one now."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_S:
            return False
        self._looked_s = now_s
        found = stamp(self._files())
        settled, self._last = found == self._last, found
        if not settled or (found == self._taken and not (self.refused and now_s - self._tried_s >= AGAIN_S)):
            return False
        self._taken, self._tried_s = found, now_s
        return self._take()

    def _take(self) -> bool:
        try:
            book = self._read(self._path)
        except SettingsError as error:
            if str(error) != self.refused:
                log.error("nothing changed: %s", error)
            self.refused = str(error)
            return False
        if self.refused:
            log.info("%s is right again", self._path)
        self.refused = ""
        text = difference(self._book, book)
        if text:
            log.info("%s: %s", self._path, text)
        self._book = book
        self._doubt(book)
        return bool(text)

    def _doubt(self, book: Book) -> None:
        """Each is said once."""
        found = doubts(book)
        for doubt in found:
            if doubt not in self._doubts:
                log.warning("--rules %s: %s", self._path, doubt)
        self._doubts = set(found)

    def _files(self) -> list[Path]:
        """In an order that stays."""
        settings = (self._book.channels[name] for name in sorted(self._book.channels))
        return [self._path, *(file for each in settings for file in files_of(each, self._path.parent))]
