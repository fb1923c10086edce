"""When a commit is due: every second or every 16 MiB, less often where commits themselves take long."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from libs.common.clock import Clock

COMMIT_EVERY_S = 1.0
COMMIT_EVERY_BYTES = 16 << 20
# Through a slow network a commit costs ways there and back, in which nothing is handled: a fifth of the time at most.
PAUSE_PER_COMMIT = 4
LONGEST_PAUSE_S = 10.0


@dataclass
class CommitPace:
    """Told what was handled, asked whether it is time, and put around each commit."""

    clock: Clock
    _bytes: int = 0
    _ended_s: float = 0.0
    _pause_s: float = 0.0

    def handled(self, size: int) -> None:
        """So many bytes of input are done with."""
        self._bytes += size

    def is_due(self) -> bool:
        waited_s = self.clock.monotonic_s() - self._ended_s
        return waited_s >= max(COMMIT_EVERY_S, self._pause_s) or self._bytes >= COMMIT_EVERY_BYTES

    @contextmanager
    def commit(self) -> Iterator[None]:
        """The longer this takes, the longer the pause behind it."""
        began_s = self.clock.monotonic_s()
        yield
        self._ended_s, self._bytes = self.clock.monotonic_s(), 0
        self._pause_s = min(PAUSE_PER_COMMIT * (self._ended_s - began_s), LONGEST_PAUSE_S)
