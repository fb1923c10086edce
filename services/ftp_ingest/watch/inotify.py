"""What the kernel tells of folders: files that were closed after writing, moved or linked into place; new folders."""

import errno
import os
import threading
from itertools import count
from typing import NamedTuple

from watchdog.observers.inotify_c import CallbackId, InotifyEvent, InotifyFD, Mask, WatchCallback, WatchDescriptor
from watchdog.observers.inotify_c import InotifyConstants as Kind

PLACED = Kind.IN_CLOSE_WRITE | Kind.IN_MOVED_TO
TOLD = Mask(PLACED | Kind.IN_MOVED_FROM | Kind.IN_CREATE | Kind.IN_ATTRIB | Kind.IN_ONLYDIR | Kind.IN_DONT_FOLLOW)
MOST_FILES = 10_000
LIMITS = {errno.ENOSPC: "fs.inotify.max_user_watches", errno.EMFILE: "fs.inotify.max_user_instances"}


class LimitError(Exception):
    """The kernel follows no more; `setting` is what sysctl calls the limit."""

    def __init__(self, setting: str) -> None:
        super().__init__(setting)
        self.setting = setting


class Told(NamedTuple):
    """`files`: True where it was closed or moved into place, False where it was made or touched. `lost`: not all."""

    files: dict[str, bool]
    folders: set[str]
    lost: bool


class Events(WatchCallback):
    """One thread, whatever is watched.

    watchdog's observers take two more for each folder, and tell neither of a limit that was reached nor of events that
    were lost: so this stands on what they stand on. Raises LimitError.
    """

    def __init__(self, news: threading.Event) -> None:
        """`news` is set whenever something was told."""
        self._news, self._lock, self._ids = news, threading.Lock(), count()
        self._files: dict[str, bool] = {}
        self._folders: set[str] = set()
        self._lost = False
        self._path_of: dict[WatchDescriptor, tuple[str, CallbackId]] = {}
        self._known: dict[str, WatchDescriptor] = {}
        try:
            self._kernel = InotifyFD()
        except OSError as error:
            raise LimitError(LIMITS.get(error.errno or 0, str(error))) from None
        self._kernel.start()

    def follow(self, folder: str) -> None:
        """From now on. Raises LimitError; a folder that is not there, or not readable, is not followed."""
        with self._lock:
            if folder in self._known or not os.access(folder, os.R_OK):
                return
            number = CallbackId(next(self._ids))
            try:
                known = self._kernel.add_callback(os.fsencode(folder), TOLD, self, number)
            except OSError as error:
                if error.errno in LIMITS:
                    raise LimitError(LIMITS[error.errno]) from None
                return
            self._known[folder], self._path_of[known] = known, (folder, number)

    def forget(self, folder: str) -> None:
        """It, and all that was below it; "" is all there is."""
        with self._lock:
            gone = [path for path in self._known if path == folder or path.startswith(folder + "/")]
            removed = [self._known.pop(path) for path in gone]
            numbers = [(known, self._path_of.pop(known)[1]) for known in removed if known in self._path_of]
        self._kernel.remove_callbacks(numbers)

    def take(self) -> Told:
        """What was told since the last time."""
        with self._lock:
            told = Told(self._files, self._folders, self._lost)
            self._files, self._folders, self._lost = {}, set(), False
        return told

    def stop(self) -> None:
        self._kernel.stop()
        self._kernel.join()

    def on_event(self, event: InotifyEvent) -> None:
        """In the kernel reader's thread."""
        folder, _ = self._path_of.get(event.wd, ("", None))
        if not folder or not event.name:
            return
        path = os.path.join(folder, os.fsdecode(event.name))
        if event.mask & Kind.IN_MOVED_FROM:
            if event.mask & Kind.IN_ISDIR:
                self.forget(path)
            return
        with self._lock:
            if event.mask & Kind.IN_ISDIR:
                self._folders.add(path)
            else:
                self._files[path] = self._files.get(path, False) or bool(event.mask & PLACED)
            if len(self._files) + len(self._folders) > MOST_FILES:
                self._files, self._folders, self._lost = {}, set(), True
        self._news.set()

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """The folder is gone."""
        with self._lock:
            folder, _ = self._path_of.pop(wd, ("", None))
            if self._known.get(folder) == wd:
                del self._known[folder]

    def on_queue_overflow(self) -> None:
        """The kernel had no room for all of it."""
        with self._lock:
            self._lost = True
        self._news.set()
