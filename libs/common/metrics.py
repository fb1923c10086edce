"""What is counted, for /metrics and /status. Label values come from fixed lists or from flags: they are bounded."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

STEP_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """One set per process; names follow Prometheus: a unit at the end, counters in _total."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames_in = self._counter("framebus_frames_in_total", "Messages read.")
        self.frames_out = self._counter("framebus_frames_out_total", "Messages published and handed to the bus.")
        self.skipped = self._counter("framebus_skipped_total", "Messages left out on purpose.", "reason")
        self.dead = self._counter("framebus_dead_total", "Messages written to the dead letters.", "reason")
        self.withheld = self._counter("framebus_withheld_total", "Frames published black, or not shown.", "reason")
        self.step_s = Histogram(
            "framebus_step_seconds", "Time in the handler, per message.", buckets=STEP_BUCKETS_S, registry=self.registry
        )
        self.age_s = self._gauge("framebus_age_seconds", "Capture to now, of the newest frame.")
        self.lag = self._gauge("framebus_lag_messages", "Messages in the log that were not read yet.")
        self.in_flight_bytes = self._gauge("framebus_in_flight_bytes", "Sent and not yet acknowledged.")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def values(self) -> dict[str, float]:
        """Every sample that is not a histogram's bucket, as name{label} -> value."""
        samples = (sample for family in self.registry.collect() for sample in family.samples)
        return {
            sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
            for sample in samples
            if not sample.name.endswith(("_bucket", "_created"))
        }
