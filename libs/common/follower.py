"""Keeps a table up to date in a thread of its own, through outages of the broker."""

import threading
from collections.abc import Callable, Mapping

from libs.common.bus import Reader
from libs.common.errors import FramebusError, TemporaryError
from libs.common.messages import Message
from libs.common.steady import Steady
from libs.common.table import Row, Table

POLL_S = 0.5


class NoTopicError(TemporaryError):
    """Nobody has made the topic, so there is nothing in it."""


class Follower:
    """`connect` makes a reader of the topic; it raises FramebusError where there is none to be had, with the reason."""

    def __init__(self, connect: Callable[[], Reader], kinds: tuple[type[Message], ...]) -> None:
        self.rows: Mapping[str, Row] = {}
        """The newest of each key, never changed in place; empty until all of the topic was read once."""
        self.trouble: FramebusError | None = TemporaryError("no answer in time")
        """Why it was not; None: it was."""
        self._kinds = kinds
        self._tried = threading.Event()
        self._steady = Steady("follower", connect, self._follow, self._tell)

    def first_look(self, within_s: float) -> None:
        """Begins, and waits until all was read, or why it cannot be is known, so many seconds at most."""
        self._steady.start()
        self._tried.wait(within_s)

    def close(self) -> None:
        """Never raises."""
        self._steady.close()

    def _follow(self, reader: Reader, stop: threading.Event) -> None:
        table = Table(reader, self._kinds)
        while not stop.is_set():
            changed = table.poll(POLL_S)
            if table.complete and (changed or self.trouble):
                self.rows = dict(table.rows)
                self._tell(None)

    def _tell(self, trouble: FramebusError | None) -> None:
        self.trouble = trouble
        self._tried.set()
