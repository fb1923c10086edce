"""Reads the whole topic of notices, again and again from its beginning."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from libs.common.bus import Reader, Record
from libs.common.errors import FramebusError
from libs.common.whole import Whole
from services.notifier.ledger.index import Index

log = logging.getLogger(__name__)

POLL_S = 1.0


@dataclass
class Follow:
    """`read` and `say` are for libs.common.steady.

    `take` is called for each record while `changed` is held, which is told after each look; `begin` once, likewise,
    when all was read for the first time; `settle` after each look, without `changed`, once `index` has all that the
    topic holds: whether something came.
    """

    make: Callable[[], Index]
    take: Callable[[Index, Record], None]
    begin: Callable[[Index], None]
    settle: Callable[[bool], None]
    changed: threading.Condition
    ready: bool = False
    _begun: bool = False
    _said: str = ""

    def __post_init__(self) -> None:
        self.index = self.make()

    def read(self, reader: Reader, stop: threading.Event) -> None:
        """Into a new index; the one before answers until that has all. Begins anew where the topic did."""
        whole, index, anew = Whole(reader), self.make(), False
        while not stop.is_set() and not anew:
            batch = whole.poll(POLL_S)
            with self.changed:
                for record in batch.records:
                    self.take(index, record)
                if batch.revoked:
                    self.index, self.ready, anew = self.make(), False, True
                elif whole.complete:
                    self._begin(index)
                    self.index, self.ready, self._said = index, True, ""
                self.changed.notify_all()
            if self.index is index:
                self.settle(bool(batch.records))

    def _begin(self, index: Index) -> None:
        if not self._begun:
            self.begin(index)
        self._begun = True

    def say(self, error: FramebusError) -> None:
        """Each reason once."""
        if str(error) != self._said:
            log.warning("what was told before is not read yet: %s", error)
        self._said = str(error)
