"""How long to wait before the next attempt."""

import random
from collections.abc import Callable

SHORTEST_S = 0.5
LONGEST_S = 10.0

Wait = Callable[[float], bool]
"""Waits so many seconds, less if asked to stop: then, and from then on, it returns True (threading.Event.wait)."""


class Backoff:
    """Doubles from the shortest to the longest; a random part keeps many cameras from coming back at once."""

    def __init__(self, longest_s: float = LONGEST_S, shortest_s: float = SHORTEST_S) -> None:
        self._random = random.SystemRandom()
        self._shortest_s, self._longest_s = shortest_s, longest_s
        self._next_s = shortest_s

    def next_s(self) -> float:
        """The delay before the next attempt, 75 to 100 % of the present step."""
        delay_s = self._next_s * self._random.uniform(0.75, 1.0)
        self._next_s = min(self._longest_s, self._next_s * 2)
        return delay_s

    def reset(self) -> None:
        """It worked."""
        self._next_s = self._shortest_s
