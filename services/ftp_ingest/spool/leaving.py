"""What becomes of a picture that the bus has: it is deleted, or kept elsewhere."""

import logging
from collections.abc import Callable

from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from services.ftp_ingest.spool.entries import Entry
from services.ftp_ingest.spool.kept import Kept
from services.ftp_ingest.spool.spool import Spool

log = logging.getLogger(__name__)

RETRY_S = 10.0


class Leaving:
    """`kept`: None, it is deleted. With what something cannot be done now stays in the spool, and is tried again."""

    def __init__(self, spool: Spool, kept: Kept | None, clock: Clock) -> None:
        self._spool, self._kept, self._clock = spool, kept, clock
        self._retry_s = clock.monotonic_s() if spool.sent() else float("inf")
        self._said = False

    def sent(self, entry: Entry) -> None:
        """The bus has it."""
        if self._kept is None or self._tried(entry, self._kept):
            self._spool.remove(entry)

    def later(self, entry: Entry) -> None:
        """The bus has it, and something else cannot be done now."""
        self._retry_s = self._clock.monotonic_s() + RETRY_S
        try:
            self._spool.mark_sent(entry)
        except OSError as trouble:
            log.debug("%s: %s", entry.file, trouble.strerror)

    def again(self, over: Callable[[Entry], None]) -> None:
        """`over` is given those with which something could not be done, until it cannot again.

        May be called at any time, and often.
        """
        if self._clock.monotonic_s() < self._retry_s:
            return
        self._retry_s = float("inf")
        for entry in self._spool.sent():
            over(entry)
            if self._retry_s != float("inf"):
                return

    def _tried(self, entry: Entry, kept: Kept) -> bool:
        """Whether it has to stay no longer."""
        try:
            kept.put(self._spool.read(entry))
        except PermanentError as error:
            self._spool.set_aside(entry, error)
            return False
        except (OSError, TemporaryError) as error:
            self._say(error)
            self.later(entry)
            return False
        self._said = False
        return True

    def _say(self, error: Exception) -> None:
        if not self._said:
            why = getattr(error, "strerror", None) or error
            log.warning("--keep: %s: pictures stay in the spool until it works", why)
        self._said = True
