"""What time it is in the log: leases are counted by it, whatever the clocks of the copies say."""

from libs.common.clock import Clock


class LogTime:
    """Never ahead of the log by its own reckoning; a wall clock that is ahead only has us try in vain."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._newest_ms, self._seen_s = 0, 0.0

    def note(self, timestamp_ms: int) -> None:
        """The log's time of a record that was just read, UTC."""
        now_s = self._clock.monotonic_s()
        if timestamp_ms >= self._newest_ms + (now_s - self._seen_s) * 1000:
            self._newest_ms, self._seen_s = timestamp_ms, now_s

    def since_s(self, timestamp_ms: int, now_ns: int) -> float:
        """How long ago that was at least, now that it is `now_ns` by the wall clock (UTC)."""
        reckoned_ms = self._newest_ms + (self._clock.monotonic_s() - self._seen_s) * 1000
        return (max(reckoned_ms, now_ns / 1e6) - timestamp_ms) / 1000
