"""The inbox: looks at what came, names it, and puts it into the spool."""

import threading
from typing import BinaryIO

from libs.common.errors import PermanentError
from libs.common.messages import Frame
from services.ftp_ingest.boots import Boots
from services.ftp_ingest.counts import FULL, Counts
from services.ftp_ingest.inbox import FullError, Origin
from services.ftp_ingest.name_time import Times
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.spool.spool import Spool

FILE_TAG = "file"
LONGEST_NAME = 200


class _Desk:
    """What is kept of one camera: its pictures are named and written one after the other."""

    def __init__(self) -> None:
        self.lock, self.slow = threading.Lock(), threading.Lock()
        self.boots = Boots()


class Tray:
    """An Inbox (inbox.py), for any number of threads at once."""

    def __init__(self, spool: Spool, pictures: Pictures, times: Times, counts: Counts) -> None:
        self._spool, self._pictures, self._times, self._counts = spool, pictures, times, counts
        self._desks: dict[str, _Desk] = {}
        self._closed = False

    def take(self, camera: str, name: str, file: BinaryIO, origin: Origin | None = None) -> str:
        """As Inbox says."""
        desk = self._desks.setdefault(camera, _Desk())
        try:
            picture = self._pictures.read(file, desk.slow)
        except PermanentError as error:
            self._counts.refused(error.reason)
            raise
        at_ns = self._times.of(name)
        with desk.lock:
            named = desk.boots.name(at_ns)
            frame = Frame(
                camera=camera,
                boot=named.boot,
                seq=named.seq,
                captured_at=named.at,
                width=picture.width,
                height=picture.height,
                image=picture.jpeg,
                still=True,
                tags={FILE_TAG: shown(name)},
            )
            self._put(frame, origin)
        self._counts.taken()
        return frame.frame_id

    def _put(self, frame: Frame, origin: Origin | None) -> None:
        try:
            if self._closed:
                raise FullError("this service is being stopped")
            self._spool.put(frame, origin)
        except FullError:
            self._counts.refused(FULL)
            raise

    def has_room(self, camera: str) -> bool:
        return not self._closed and self._spool.has_room(camera)

    def removed(self, camera: str) -> None:
        """Its boot ends: what comes of it once this returns, if somebody adds it again, is of another one."""
        if (desk := self._desks.get(camera)) is not None:
            with desk.lock:
                desk.boots = Boots()

    def close(self) -> None:
        """Nothing is taken any more once this returns."""
        self._closed = True
        for desk in list(self._desks.values()):
            with desk.lock:
                pass


def shown(name: str) -> str:
    """The file's own name as it may stand in a message: one line, bounded."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(sign if sign.isprintable() else "?" for sign in last)[:LONGEST_NAME] or "?"
