"""SIGTERM and SIGINT: the service is asked to stop, and made to if it does not."""

import os
import signal
import sys
import threading

LIMIT_S = 10.0


def stop_on_signals(limit_s: float = LIMIT_S) -> threading.Event:
    """An event that a signal sets. A second signal, or limit_s after the first, ends the process with status 1.

    What is not acknowledged by then was not committed either: it comes again at the next start.
    """
    stop = threading.Event()

    def ask(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()
        deadline = threading.Timer(limit_s, _give_up, [limit_s])
        deadline.daemon = True
        deadline.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def _give_up(limit_s: float) -> None:
    sys.stderr.write(f"not stopped {limit_s:g} s after the signal: ending\n")
    sys.stderr.flush()
    os._exit(1)
