"""What ftp-ingest counts beside what every service does."""

from collections.abc import Callable

from libs.common.metrics import Metrics
from services.ftp_ingest.name_time import DISBELIEVED
from services.ftp_ingest.pictures.refusals import REASONS

FULL = "full"
SPOOL = (
    ("framebus_spool_files", "Pictures in the spool, which the bus does not have yet."),
    ("framebus_spool_bytes", "Their size."),
    ("framebus_spool_oldest_seconds", "How long the oldest of them lies there; 0: none does."),
)


class Counts:
    """Any thread may count."""

    def __init__(self, metrics: Metrics) -> None:
        self._taken = metrics.counter("framebus_pictures_taken_total", "Pictures that lay safely in the spool.")
        self._refused = metrics.reasons(
            "framebus_pictures_refused_total", "Files that were not taken.", (*REASONS, FULL)
        )
        self._disbelieved = metrics.reasons(
            "framebus_times_not_believed_total",
            "Names without a time that can be: that of the arrival is told.",
            DISBELIEVED,
        )
        self._gauge = metrics.gauge

    def taken(self) -> None:
        self._taken.inc()

    def refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def disbelieved(self, why: str) -> None:
        self._disbelieved.labels(why).inc()

    def watch(self, usage: Callable[[], tuple[int, int, float]]) -> None:
        """`usage` of the spool: files, bytes, age of the oldest in seconds."""
        files, size, oldest = (self._gauge(name, text) for name, text in SPOOL)
        files.set_function(lambda: usage()[0])
        size.set_function(lambda: usage()[1])
        oldest.set_function(lambda: usage()[2])
