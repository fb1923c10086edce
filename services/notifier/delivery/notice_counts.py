"""What is counted of notices, by channel."""

import threading
from collections.abc import Callable

from libs.common.clock import Clock
from libs.common.metrics import OTHER, Metrics
from services.notifier.ledger.ledger import Ledger

MOST_CHANNELS = 100
"""Names that this process has seen, with those of older books; what is more is counted as "other"."""

WORDS = ("sent", "edited", "failed", "put_back", "gathered", "summary", "refused", "expired", "dropped")


class NoticeCounts:
    """Thread-safe. How many wait, and for how long, is looked up when somebody asks."""

    def __init__(self, metrics: Metrics, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._notices = metrics.counter(
            "framebus_notices_total", "What became of notices, attempts that failed too.", "channel", "state"
        )
        self._waiting = metrics.gauge("framebus_notices_waiting", "Notices that are still to be sent.", "channel")
        self._gathered = metrics.gauge("framebus_notices_gathered", "Notices for the next summary.", "channel")
        self._oldest_s = metrics.gauge(
            "framebus_notices_oldest_seconds", "For how long the oldest notice has waited; 0: none does.", "channel"
        )
        self._sending_s = metrics.gauge(
            "framebus_notices_sending_seconds", "For how long the channel has been at work with one notice.", "channel"
        )

    def opened(self, channel: str, sending_s: Callable[[], float]) -> None:
        """Its series begin at 0. `sending_s`: for how long it has been at work with one note."""
        if (name := self._name(channel)) == OTHER:
            return
        for word in WORDS:
            self._notices.labels(name, word)
        self._waiting.labels(name).set_function(lambda: self._ledger.backlog(channel).waiting)
        self._gathered.labels(name).set_function(lambda: self._ledger.backlog(channel).gathered)
        self._oldest_s.labels(name).set_function(lambda: self._oldest(channel))
        self._sending_s.labels(name).set_function(sending_s)

    def closed(self, channel: str) -> None:
        """Nobody waits for it any more; what was counted stays."""
        if (name := self._name(channel)) != OTHER:
            for gauge in (self._waiting, self._gathered, self._oldest_s, self._sending_s):
                gauge.remove(name)

    def count(self, channel: str, word: str) -> None:
        """`word`: one of WORDS."""
        self._notices.labels(self._name(channel), word).inc()

    def _name(self, channel: str) -> str:
        with self._lock:
            if channel not in self._known and len(self._known) >= MOST_CHANNELS:
                return OTHER
            self._known.add(channel)
            return channel

    def _oldest(self, channel: str) -> float:
        oldest_ns = self._ledger.backlog(channel).oldest_ns
        return 0.0 if oldest_ns is None else max(0.0, (self._clock.now_ns() - oldest_ns) / 1e9)
