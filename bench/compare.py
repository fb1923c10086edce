"""Times two ways of doing the same, in turns, so that a busy machine slows both: the ratio is what counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 9


@dataclass(frozen=True)
class Compared:
    """CPU milliseconds of one call: ours, the bare way, and how they relate (median of the rounds' ratios)."""

    name: str
    ours_ms: float
    bare_ms: float
    ratio: float
    limit: float


@dataclass(frozen=True)
class Measured:
    """A figure without a counterpart; `limit` is what the project promises, None where it is only shown."""

    name: str
    value: float
    unit: str
    limit: float | None = None


def beside(name: str, ours: Callable[[], object], bare: Callable[[], object], calls: int, limit: float) -> Measured:
    """What ours takes beside the bare way, in ms of CPU per call."""
    row = compare(name, ours, bare, calls, 0)
    return Measured(name, row.ours_ms - row.bare_ms, "ms", limit)


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object], calls: int, limit: float) -> Compared:
    """`limit` is the ratio that the project promises."""
    ours(), bare()
    rounds = [(_cpu_ms(ours, calls), _cpu_ms(bare, calls)) for _ in range(ROUNDS)]
    ratio = median(a / b for a, b in rounds)
    return Compared(name, median(a for a, _ in rounds), median(b for _, b in rounds), ratio, limit)


def _cpu_ms(call: Callable[[], object], calls: int) -> float:
    began_s = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - began_s) * 1000 / calls
