"""Time as an argument: services take a Clock, tests give a FakeClock."""

import time
from typing import Protocol


class Clock(Protocol):
    """The two times a service may ask for."""

    def now_ns(self) -> int:
        """Wall clock: nanoseconds since 1970-01-01 UTC; may jump."""

    def monotonic_s(self) -> float:
        """Seconds from an arbitrary start; never goes back."""


class SystemClock:
    """The clock of this machine."""

    def now_ns(self) -> int:
        return time.time_ns()

    def monotonic_s(self) -> float:
        return time.monotonic()
