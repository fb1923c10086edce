"""Until when a process had the spool: what it was sending may have come as late as that, and not later."""

import logging
import os
import threading
from pathlib import Path

from libs.common.clock import Clock
from services.ftp_ingest.spool.disk import PARTIAL

log = logging.getLogger(__name__)

FILE = "alive"
EVERY_S = 1.0


class Alive:
    """Writes the time into a file of the spool, in a thread of its own: the others may wait for long."""

    def __init__(self, spool: Path, clock: Clock) -> None:
        self._path, self._partial, self._clock = spool / FILE, spool / f"{PARTIAL}{FILE}", clock
        self.last_ns = self._read()
        """When the last process was last alive (UTC ns); None: not known."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alive", daemon=True)
        self._thread.start()

    def _read(self) -> int | None:
        try:
            return int(self._path.read_text())
        except (OSError, ValueError):
            return None

    def _run(self) -> None:
        while True:
            try:
                self._write(f"{self._clock.now_ns():020d}")
            except OSError as error:
                log.debug("%s: %s", self._path, error.strerror)
            if self._stop.wait(EVERY_S):
                return

    def _write(self, text: str) -> None:
        """Whoever reads it finds a whole number. Raises OSError."""
        made = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(text)
        self._partial.replace(self._path)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(EVERY_S)
