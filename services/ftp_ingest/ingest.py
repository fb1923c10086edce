"""The spool as a pure source: what lies in it becomes an iterator of messages, and leaves it once the bus has it."""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Message, replace
from services.ftp_ingest.cameras import Cameras
from services.ftp_ingest.ends import Ends
from services.ftp_ingest.inbox import Published
from services.ftp_ingest.spool.entries import Entry
from services.ftp_ingest.spool.leaving import Leaving
from services.ftp_ingest.spool.spool import Spool

log = logging.getLogger(__name__)

LOOK_S = 0.2

Found = Callable[[], set[str] | None]
News = Callable[[], Iterable[Message]]


def no_news() -> Iterable[Message]:
    """Nothing is said beside what the cameras say."""
    return ()


def nobody(*_: object) -> None:
    """Told nothing."""


def no_files(*_: object) -> bool:
    """No folder is watched."""
    return True


class Ingest:
    """`messages`, `settled` and `farewell` are for one thread.

    `found`: which of the pictures that were in the spool at the start the bus has already, None while that is not
    known; `beat` is called a few times a second; `published` is told of watched files, `removed` of each camera before
    its boot ends.
    """

    def __init__(
        self,
        spool: Spool,
        leaving: Leaving,
        cameras: Cameras,
        found: Found,
        beat: Callable[[], None] = nobody,
        published: Published = no_files,
        removed: Callable[[str], None] = nobody,
        look_s: float = LOOK_S,
    ) -> None:
        self._spool, self._leaving, self._cameras, self._found = spool, leaving, cameras, found
        self._beat, self._published, self._removed, self._look_s = beat, published, removed, look_s
        self._ends = Ends()
        self._in_hand = ""
        """The camera of a picture that was taken out and not yet given to the bus."""
        self._said = False

    def messages(self, news: News = no_news) -> Iterator[Message | None]:
        """For ever: frames in the order of each camera, an End after the last one of each boot, and what is told.

        None where there is nothing to send for a moment. What `news` says comes between.
        """
        while True:
            self._beat()
            yield from news()
            yield from self._cameras.news(self._waits, self._ends.boot_of, self._gone)
            self._leaving.again(self._over_with)
            if (found := self._found()) is None:
                self._spool.rest(self._look_s)
                yield None
            elif (entry := self._spool.next(self._look_s)) is None:
                yield None
            elif entry.frame_id in found:
                yield from self._ends.before(entry.camera, entry.boot, entry.seq)
                self.settled(entry.frame_id, None)
            else:
                yield from self._sent(entry)

    def _sent(self, entry: Entry) -> Iterator[Message | None]:
        try:
            frame = self._spool.read(entry)
        except PermanentError as error:
            self._over_with(entry, error)
            return
        except TemporaryError as error:
            self._put_off(entry, error)
            yield None
            return
        self._said = False
        bare = replace(frame, image=b"")
        self._in_hand = frame.camera
        yield from self._ends.before(frame.camera, frame.boot, frame.seq)
        yield from self._cameras.sent(bare)
        self._in_hand = ""
        yield frame

    def _put_off(self, entry: Entry, error: TemporaryError) -> None:
        """It is whole: perhaps too many files are open."""
        log.log(logging.DEBUG if self._said else logging.WARNING, "pictures wait in the spool: %s", error)
        self._said = True
        self._spool.put_back(entry)
        self._spool.rest(self._look_s)

    def _gone(self, camera: str) -> Iterator[Message]:
        self._removed(camera)
        yield from self._ends.removed(camera)

    def _waits(self, camera: str) -> bool:
        return camera == self._in_hand or self._spool.waits(camera)

    def settled(self, frame_id: str, error: PermanentError | None) -> None:
        """The bus has it, or will not take it."""
        if (entry := self._spool.get(frame_id)) is not None:
            self._over_with(entry, error)

    def _over_with(self, entry: Entry, error: PermanentError | None = None) -> None:
        is_told = entry.origin is None or self._published(entry.origin, error)
        if error is not None:
            self._spool.set_aside(entry, error)
        elif is_told:
            self._leaving.sent(dataclasses.replace(entry, origin=None))
        else:
            self._leaving.later(entry)

    def farewell(self) -> Iterator[Message]:
        """What is said last."""
        yield from self._ends.stopped(self._waits)
