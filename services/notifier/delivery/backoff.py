"""How long a channel is left alone after a failure that may pass."""

import random

SHORTEST_S, LONGEST_S = 1.0, 300.0
FACTOR = 1.5
"""A step is about half of what the outage has lasted: so late, at most, is what waits when the channel is back."""
JITTER = 0.75
"""The least part of a step: many sites whose mail server was away do not come back at once."""

_random = random.SystemRandom()


def delay_s(failures: int, least_s: float = 0.0) -> float:
    """Seconds before the next attempt, after so many failures in a row (1 and more), never less than `least_s`."""
    steps = min(failures - 1, 50)
    step_s = min(LONGEST_S, SHORTEST_S * FACTOR**steps)
    return max(SHORTEST_S, step_s * _random.uniform(JITTER, 1.0), least_s)
