"""From what the kernel tells to files in line and folders to be looked through."""

import logging
import os
import threading
from collections.abc import Callable

from services.ftp_ingest.watch.files import look_of
from services.ftp_ingest.watch.folders import is_left_alone
from services.ftp_ingest.watch.inotify import Events, LimitError
from services.ftp_ingest.watch.pending import File, Pending
from services.ftp_ingest.watch.scan import NO_FOLDER, OTHER_NAME, Places

log = logging.getLogger(__name__)


class Hearing:
    """`hears_all`: whether the kernel tells of all folders that are followed."""

    def __init__(self, places: Places, pending: Pending, now_s: Callable[[], float], news: threading.Event) -> None:
        self._places, self._pending, self._now_s, self._news = places, pending, now_s, news
        self._events: Events | None = None
        self.hears_all = True

    def start(self) -> None:
        try:
            self._events = Events(self._news)
        except LimitError as error:
            self._limited(error)

    def stop(self) -> None:
        if self._events is not None:
            self._events.stop()

    def follow(self, folder: str) -> None:
        if self._events is None:
            return
        try:
            self._events.follow(folder)
        except LimitError as error:
            self._limited(error)

    def forget(self, folder: str) -> None:
        if self._events is not None:
            self._events.forget(folder)

    def hear(self) -> tuple[list[str], bool]:
        """New folders, and whether something was lost. Files get into line, or wait until they are still."""
        if self._events is None:
            return [], False
        told = self._events.take()
        for path, placed in told.files.items():
            self._file(path, placed)
        if told.lost:
            # Folders may have been made anew unheard: who looks through them all follows them anew.
            self._events.forget("")
        return [path for path in told.folders if self._is_looked_through(path)], told.lost

    def _limited(self, error: LimitError) -> None:
        if self.hears_all:
            log.warning(
                "the kernel tells of no more folders (limit %s reached): looking through them regularly instead; "
                "sysctl -w %s=… raises it",
                error.setting,
                error.setting,
            )
        self.hears_all = False

    def _is_looked_through(self, path: str) -> bool:
        folders = self._places.folders
        if is_left_alone(os.path.basename(path)) or folders.of(path) is None:
            return False
        if folders.camera_of(path) is None:
            self._places.tally.not_a_camera(path, OTHER_NAME)
            return False
        return True

    def _file(self, path: str, placed: bool) -> None:
        folders, directory = self._places.folders, os.path.dirname(path)
        if is_left_alone(os.path.basename(path)) or folders.of(path) is None:
            return
        camera = folders.camera_of(directory)
        if camera is None:
            self._places.tally.not_a_camera(directory, NO_FOLDER)
        elif camera not in self._pending.missed:
            self._new(path, camera, placed)

    def _new(self, path: str, camera: str, placed: bool) -> None:
        try:
            look = look_of(os.lstat(path))
        except OSError:
            return
        if self._places.book.has(path, look):
            return
        known = self._pending.get(path)
        if known is not None and known.look == look and (known.tries or not placed):
            return
        file = File(look, path, camera)
        if placed:
            self._pending.add(file)
        else:
            self._pending.until_still(file, self._now_s())
