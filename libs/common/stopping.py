"""SIGTERM and SIGINT: the service is asked to stop, and made to if it does not."""

import os
import signal
import sys
import threading
import time

LIMIT_S = 10.0
AGAIN_S = 1.0
"""Sooner it is one wish told twice: timeout, shells and service managers signal a process, then all of its group."""


def stop_on_signals(limit_s: float = LIMIT_S) -> threading.Event:
    """An event that a signal sets. Another one later than AGAIN_S, or limit_s, ends the process with status 1.

    What is not acknowledged by then was not committed either: it comes again at the next start.
    """
    stop = threading.Event()
    asked: list[float] = []

    def ask(number: int, _: object) -> None:
        asked.append(time.monotonic())
        if stop.is_set():
            _insist(asked[-1] - asked[0])
            return
        stop.set()
        deadline = threading.Timer(limit_s, _give_up, [limit_s])
        deadline.daemon = True
        deadline.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


def _insist(after_s: float) -> None:
    if after_s > AGAIN_S:
        os._exit(1)


def _give_up(limit_s: float) -> None:
    sys.stderr.write(f"not stopped {limit_s:g} s after the signal: ending\n")
    sys.stderr.flush()
    os._exit(1)
