"""Reads the whole topic of notices in a thread of its own, through outages of the broker."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from libs.common.bus import Reader, Record
from libs.common.errors import FatalError, FramebusError
from libs.common.whole import Whole
from services.notifier.ledger.index import Index

log = logging.getLogger(__name__)

POLL_S = 1.0
RETRY_S = 2.0
NO_RIGHT_RETRY_S = 60.0
JOIN_S = 2.0


@dataclass
class Follow:
    """`connect` makes a reader of the topic; raises FramebusError where there is none to be had, with the reason.

    `take` is called for each record while `changed` is held, which is told after each look; `settle` after that,
    without it, once `index` has all that the topic holds: whether something came.
    """

    connect: Callable[[], Reader]
    make: Callable[[], Index]
    take: Callable[[Index, Record], None]
    settle: Callable[[bool], None]
    changed: threading.Condition
    ready: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _said: str = ""

    def __post_init__(self) -> None:
        self.index = self.make()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

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
                    self._read(Whole(reader))
                finally:
                    reader.close()
            except FramebusError as error:
                self._say(error)
                pause_s = NO_RIGHT_RETRY_S if isinstance(error, FatalError) else RETRY_S
            except Exception:
                log.exception("a bug: it begins anew")
            self._stop.wait(pause_s)

    def _read(self, whole: Whole) -> None:
        """Into a new index; the one before answers until that has all. Begins anew where the topic did."""
        index, anew = self.make(), False
        while not self._stop.is_set() and not anew:
            batch = whole.poll(POLL_S)
            with self.changed:
                for record in batch.records:
                    self.take(index, record)
                if batch.revoked:
                    self.index, self.ready, anew = self.make(), False, True
                elif whole.complete:
                    self.index, self.ready, self._said = index, True, ""
                self.changed.notify_all()
            if self.index is index:
                self.settle(bool(batch.records))

    def _say(self, error: FramebusError) -> None:
        """Each reason once."""
        if str(error) != self._said:
            log.warning("what was told before is not read yet: %s", error)
        self._said = str(error)
