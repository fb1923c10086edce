"""A time limit for something that cannot be given one: who is late is cut off from outside."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

LOOK_S = 0.2
IDLE_LOOKS = 10
"""After so many without a new limit the thread ends; a thread for each limit would cost more than what it limits."""


class Deadline:
    """For one limit after the other, of one user."""

    def __init__(self, cut: Callable[[], None]) -> None:
        """`cut` is called from another thread, again and again until the late one gives up; it must be quick."""
        self._cut = cut
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closed = Event()
        self._until_s: float | None = None
        self._uses = 0
        self.late = False
        """Of the newest limit."""

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cuts what is not done by then, give or take LOOK_S."""
        with self._lock:
            self._until_s, self.late = time.monotonic() + seconds, False
            self._uses += 1
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="deadline", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._until_s = None

    def close(self) -> None:
        """No limit is set any more."""
        self._closed.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _watch(self) -> None:
        seen = idle = 0
        while not self._closed.wait(LOOK_S):
            with self._lock:
                idle = idle + 1 if seen == self._uses and self._until_s is None else 0
                seen = self._uses
                if idle >= IDLE_LOOKS:
                    self._thread = None
                    return
                if self._until_s is not None and time.monotonic() > self._until_s:
                    self.late = True
                    self._cut()
