"""Keeps a poll from spinning: kafka-python 3.0.12 does not wait at all while a heartbeat is overdue.

A frozen broker leaves it unanswered: a core at 65 % and 20 MiB a second, for the callbacks left at the fetch under way.
"""

from typing import Any

SHORTEST_WAIT_S = 0.1


def keep_calm(coordinator: Any) -> None:
    """A poll waits at least so long between two looks; what comes meanwhile wakes it. Heartbeats go their own way."""
    time_to_next_poll = coordinator.time_to_next_poll
    coordinator.time_to_next_poll = lambda: max(SHORTEST_WAIT_S, time_to_next_poll())
