"""Reads in a thread of its own, through outages of the broker."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from libs.common.bus import Reader
from libs.common.errors import FatalError, FramebusError

log = logging.getLogger(__name__)

RETRY_S = 3.0
NO_RIGHT_RETRY_S = 60.0
JOIN_S = 2.0


@dataclass
class Steady:
    """`connect` makes a reader; raises FramebusError where there is none to be had, with the reason, which `say` hears.

    `read` is given the reader, and what is set when it is to end. Where it ends or raises sooner it begins anew.
    """

    name: str
    connect: Callable[[], Reader]
    read: Callable[[Reader, threading.Event], None]
    say: Callable[[FramebusError], None]

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Never raises."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            pause_s = RETRY_S
            try:
                reader = self.connect()
                try:
                    self.read(reader, self._stop)
                finally:
                    reader.close()
            except FramebusError as error:
                self.say(error)
                pause_s = NO_RIGHT_RETRY_S if isinstance(error, FatalError) else RETRY_S
            except Exception:
                log.exception("a bug: it begins anew")
            self._stop.wait(pause_s)
