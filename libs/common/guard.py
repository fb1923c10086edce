"""Calls into a stage: under the watchdog, with bugs told from errors on purpose, and counted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from libs.common.errors import FatalError, FramebusError, PermanentError
from libs.common.watchdog import Watchdog

log = logging.getLogger(__name__)
T = TypeVar("T")

BUGS_IN_A_ROW = 20


class TooManyBugsError(FatalError):
    """The stage is broken; what was handled and dead-lettered before it gave up may be committed."""


@dataclass
class Guard:
    """An error that is not ours is a bug; many in a row end the service."""

    watchdog: Watchdog
    _bugs: int = 0

    def call(self, call: Callable[[], T]) -> T:
        """Raises what the call raised on purpose, PermanentError("bug") for anything else, TooManyBugsError at last."""
        self.watchdog.begin()
        try:
            return call()
        except FramebusError:
            raise
        except Exception as error:
            self._bugs += 1
            log.exception("a bug in the stage")
            if self._bugs >= BUGS_IN_A_ROW:
                raise TooManyBugsError(f"{self._bugs} bugs in a row, the last one: {type(error).__name__}") from error
            raise PermanentError(f"{type(error).__name__}: {error}", "bug") from error
        finally:
            self.watchdog.end()

    def went_well(self) -> None:
        """A message was handled: the row of bugs is broken."""
        self._bugs = 0
