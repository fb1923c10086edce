"""Checks passwords, a few at a time."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import BoundedSemaphore, Event

from libs.common.clock import Clock
from libs.common.throttle import Throttle
from services.ftp_ingest.server import passwords

AT_ONCE = 2
"""Each takes 32 MiB and a core."""
FREE_TRIES = 1
"""In a minute, before an address waits behind others that are wrong, too."""


class GoneError(Exception):
    """Nobody waits for the answer any more."""


class Hashing:
    """For several threads. Addresses that were wrong lately get one at a time among them all: so those that guess do
    not hold up a camera."""

    def __init__(self, clock: Clock) -> None:
        self._all, self._wrong = BoundedSemaphore(AT_ONCE), BoundedSemaphore(1)
        self._tries = Throttle(clock, limit=FREE_TRIES)

    def is_right(self, stored: str, password: str, address: str, gone: Event) -> bool:
        """Waits for its turn; raises GoneError where `gone` is set by then."""
        behind_others = self._tries.attempt(address) > 0
        queue: AbstractContextManager[None] = _turn(self._wrong, gone) if behind_others else nullcontext()
        with queue, _turn(self._all, gone):
            return passwords.is_right(stored, password)

    def right(self, address: str) -> None:
        """Somebody came in from there."""
        self._tries.right(address)


@contextmanager
def _turn(queue: BoundedSemaphore, gone: Event) -> Iterator[None]:
    """First come, first served: who asked for it only for a while would begin anew at the end each time."""
    with queue:
        if gone.is_set():
            raise GoneError
        yield
