"""Ends a process whose handler hangs: all stacks to stderr, exit status 70, and whoever runs it starts it again."""

import faulthandler
import os
import sys
import threading

from libs.common.clock import Clock

HUNG_STATUS = 70
LOOK_EVERY_S = 1.0


class Watchdog:
    """`begin` and `end` around every call that must come back within limit_s seconds."""

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._began_s: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def begin(self) -> None:
        self._began_s = self._clock.monotonic_s()

    def end(self) -> None:
        self._began_s = None

    def hung(self) -> bool:
        """True if the call under way has lasted longer than the limit."""
        began_s = self._began_s
        return began_s is not None and self._clock.monotonic_s() - began_s > self._limit_s

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            if self.hung():
                sys.stderr.write(f"the handler has not come back for {self._limit_s:.0f} s: giving up\n")
                faulthandler.dump_traceback(all_threads=True)
                sys.stderr.flush()
                os._exit(HUNG_STATUS)
