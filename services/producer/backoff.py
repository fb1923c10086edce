"""How long to wait before the next attempt."""

import random

SHORTEST_S = 0.5
LONGEST_S = 10.0


class Backoff:
    """Doubles from half a second to ten; a random part keeps many cameras from coming back at once."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._next_s = SHORTEST_S

    def next_s(self) -> float:
        """The delay before the next attempt, 75 to 100 % of the present step."""
        delay_s = self._next_s * self._random.uniform(0.75, 1.0)
        self._next_s = min(LONGEST_S, self._next_s * 2)
        return delay_s

    def reset(self) -> None:
        """It worked."""
        self._next_s = SHORTEST_S
