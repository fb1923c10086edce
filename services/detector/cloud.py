"""The one door to calls that cost money: a budget for each day, a rest after failures, a count of both."""

import logging
from collections.abc import Callable
from typing import TypeVar

from libs.common.clock import Clock
from libs.common.errors import TemporaryError
from libs.common.metrics import Reasons

log = logging.getLogger(__name__)
T = TypeVar("T")

DAY_NS = 86_400 * 10**9
FIRST_REST_S = 1.0
LONGEST_REST_S = 30.0
"""Twice as long after each failure in a row: a cloud that is away costs each camera a wait now and then, not always."""


class ThrottledError(TemporaryError):
    """Too many calls for what the account may make."""


class Cloud:
    """One for the process. It keeps nothing through a restart: the budget begins anew."""

    def __init__(self, clock: Clock, counted: Reasons, budget: int = 0) -> None:
        """`budget`: most calls per day (UTC), whatever becomes of them; 0 sets no limit."""
        self._clock = clock
        self._counted = counted
        self._budget = budget
        self._day = self._spent = 0
        self._told_day = -1
        self._rest_s = 0.0
        self._again_s = float("-inf")

    def spent(self) -> bool:
        """Whether no call is left today; says so once a day."""
        today = self._clock.now_ns() // DAY_NS
        if today != self._day:
            self._day, self._spent = today, 0
        if not self._budget or self._spent < self._budget:
            return False
        self._counted.labels("budget").inc()
        if self._told_day != today:
            self._told_day = today
            log.warning("the budget of %d calls to the cloud is spent until midnight UTC", self._budget)
        return True

    def call(self, function: Callable[[], T]) -> T:
        """What it returns; raises what it raises, and TemporaryError without calling it while a failure is fresh."""
        now_s = self._clock.monotonic_s()
        if now_s < self._again_s:
            raise TemporaryError("the cloud failed lately, no call was made", self._again_s - now_s)
        self._spent += 1
        try:
            answer = function()
        except Exception as error:
            self._counted.labels("throttled" if isinstance(error, ThrottledError) else "failed").inc()
            self._rest_s = min(max(FIRST_REST_S, 2 * self._rest_s), LONGEST_REST_S)
            self._again_s = self._clock.monotonic_s() + self._rest_s
            raise
        self._counted.labels("ok").inc()
        self._rest_s = 0.0
        return answer
