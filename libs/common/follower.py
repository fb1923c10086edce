"""Keeps a table up to date in a thread of its own, through outages of the broker."""

import logging
import threading
from collections.abc import Callable, Mapping

from libs.common.bus import Reader
from libs.common.errors import FatalError, FramebusError, TemporaryError
from libs.common.messages import Message
from libs.common.table import Row, Table

log = logging.getLogger(__name__)

POLL_S = 0.5
RETRY_S = 5.0
NO_RIGHT_RETRY_S = 60.0
JOIN_S = 2.0


class NoTopicError(TemporaryError):
    """Nobody has made the topic, so there is nothing in it."""


class Follower:
    """`connect` makes a reader of the topic; it raises FramebusError where there is none to be had, with the reason."""

    def __init__(self, connect: Callable[[], Reader], kinds: tuple[type[Message], ...]) -> None:
        self.rows: Mapping[str, Row] = {}
        """The newest of each key, never changed in place; empty until all of the topic was read once."""
        self.trouble: FramebusError | None = TemporaryError("no answer in time")
        """Why it was not; None: it was."""
        self._connect, self._kinds = connect, kinds
        self._tried, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def first_look(self, within_s: float) -> None:
        """Begins, and waits until all was read, or why it cannot be is known, so many seconds at most."""
        self._thread.start()
        self._tried.wait(within_s)

    def close(self) -> None:
        """Never raises."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            pause_s = RETRY_S
            try:
                reader = self._connect()
                try:
                    self._follow(Table(reader, self._kinds))
                finally:
                    reader.close()
            except FramebusError as error:
                self._tell(error)
                pause_s = NO_RIGHT_RETRY_S if isinstance(error, FatalError) else RETRY_S
            except Exception:
                log.exception("a bug: it begins anew")
            self._stop.wait(pause_s)

    def _follow(self, table: Table) -> None:
        while not self._stop.is_set():
            changed = table.poll(POLL_S)
            if table.complete and (changed or self.trouble):
                self.rows = dict(table.rows)
                self._tell(None)

    def _tell(self, trouble: FramebusError | None) -> None:
        self.trouble = trouble
        self._tried.set()
