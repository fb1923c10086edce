"""Records of our own on their way: written, and then read back from the log, where it shows what they meant."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Echo:
    """Of one record: whether it came back, and whether it counts there."""

    came: bool = False
    counts: bool = False


@dataclass
class Echoes:
    """`changed` is held by whoever hears, and waited for by whoever wrote."""

    changed: threading.Condition
    _awaited: dict[bytes, list[Echo]] = field(default_factory=dict)

    @contextmanager
    def of(self, value: bytes) -> Iterator[Echo]:
        """To be opened before the value is written."""
        echo = Echo()
        with self.changed:
            self._awaited.setdefault(value, []).append(echo)
        try:
            yield echo
        finally:
            with self.changed:
                self._awaited[value].remove(echo)
                if not self._awaited[value]:
                    del self._awaited[value]

    def hear(self, value: bytes, counts: bool) -> None:
        """The first one that comes back is meant."""
        for echo in self._awaited.get(value, ()):
            if not echo.came:
                echo.came, echo.counts = True, counts

    def wait(self, echo: Echo, within_s: float) -> bool:
        """Whether it came back by then."""
        with self.changed:
            return self.changed.wait_for(lambda: echo.came, within_s)
