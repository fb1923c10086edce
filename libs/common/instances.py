"""Names of copies of a service, and whether a copy can still be running."""

import os
import socket
from pathlib import Path

FRESH_S = 90.0
"""A producer tells of itself every 30 s: of whom nothing was heard for longer, three times in a row nothing came."""
PROC = Path("/proc")
SLACK_S = 2.0
"""Clock ticks and the wall clock do not agree to the second."""


def own_instance(given: str | None) -> str:
    """As given, else host and process: another name after each start."""
    return given or f"{socket.gethostname()}-{os.getpid()}"


def may_run(host: str, instance: str, seen_s: float) -> bool:
    """False only where it is known: its process was on this machine, and is not there any more.

    `seen_s`: when it was alive, UTC; a process that began later has only its number.
    """
    number = instance.removeprefix(f"{host}-")
    if host != socket.gethostname() or number == instance or not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    began_s = _began_s(int(number))
    return began_s is None or began_s <= seen_s + SLACK_S


def _began_s(number: int) -> float | None:
    """When a process began, UTC (proc(5): field 22 of stat, in ticks after the machine's start); None: not known."""
    try:
        ticks = int((PROC / str(number) / "stat").read_text().rpartition(")")[2].split()[19])
        booted = next(line for line in (PROC / "stat").read_text().splitlines() if line.startswith("btime"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return int(booted.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
