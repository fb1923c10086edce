"""Opens a source in the background, until it gives a picture or fails."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import chain

from services.producer.sources.shots import Shots, SourceError

log = logging.getLogger(__name__)


class Trial:
    """Somebody else may go on taking pictures meanwhile. What is never taken closes itself."""

    def __init__(self, name: str, open_it: Callable[[], AbstractContextManager[Shots]]) -> None:
        """`name`: of its thread."""
        self._open_it = open_it
        self._lock = threading.Lock()
        self._found: tuple[ExitStack, Shots] | None = None
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def running(self) -> bool:
        return self._thread.is_alive()

    def succeeded(self) -> bool:
        """True from its first picture on."""
        return self._found is not None

    @contextmanager
    def shots(self) -> Iterator[Shots]:
        """The open source, from its first picture on; to be asked for once, after it succeeded."""
        if self._found is None:
            raise RuntimeError("expected a trial that succeeded")
        opened, shots = self._found
        with opened:
            yield shots

    def give_up(self) -> None:
        """Nobody wants it any more. Waits for nothing."""
        with self._lock:
            self._given_up = True
            if self._found:
                self._found[0].close()

    def _run(self) -> None:
        try:
            with ExitStack() as opened:
                shots = opened.enter_context(self._open_it())
                first = next(shots, None)
                with self._lock:
                    if first is not None and not self._given_up:
                        self._found = opened.pop_all(), chain([first], shots)
        except SourceError as error:
            log.debug("%s; not yet", error)
        except Exception:
            log.exception("a bug while a source was tried")
