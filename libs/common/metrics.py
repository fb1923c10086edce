"""What is counted, for /metrics and /status. Every set of label values is bounded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import Metric

from libs.common.reasons import DEAD, SKIPPED, WITHHELD
from libs.common.scrub import scrub

STEP_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

MAX_FOREIGN_REASONS = 20
OTHER = "other"
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Reasons:
    """A counter by reason. Ours are there from the start, at 0; a stage may add a few of its own, then it is "other".

    A series that begins with its first event would hide that event from Prometheus' increase().
    """

    def __init__(self, counter: Counter, ours: Sequence[str]) -> None:
        self._counter = counter
        self._known = set(ours)
        self._most = len(self._known) + MAX_FOREIGN_REASONS
        for reason in ours:
            counter.labels(reason)

    def labels(self, reason: str) -> Counter:
        """The counter of this reason, or of "other" if it is no short word or one too many."""
        if reason in self._known:
            return self._counter.labels(reason)
        if len(self._known) >= self._most or not _WORD.fullmatch(scrub(reason)):
            return self._counter.labels(OTHER)
        self._known.add(reason)
        return self._counter.labels(reason)


class Metrics:
    """One set per process; names follow Prometheus: a unit at the end, counters in _total."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.build = Info("framebus_build", "Which service this is, and of which version.", registry=self.registry)
        self.frames_in = self.counter("framebus_frames_in_total", "Messages read, or captured by a source.")
        self.frames_out = self.counter("framebus_frames_out_total", "Messages published and handed to the bus.")
        self.segments = self.counter("framebus_segments_total", "Segments of encoded video published.")
        self.skipped = self.reasons("framebus_skipped_total", "Messages left out on purpose.", SKIPPED)
        self.dead = self.reasons("framebus_dead_total", "Messages refused, written to the dead letters.", DEAD)
        self.withheld = self.reasons("framebus_withheld_total", "Frames published black, or not shown.", WITHHELD)
        self.step_s = Histogram(
            "framebus_step_seconds", "Time in the handler, per message.", buckets=STEP_BUCKETS_S, registry=self.registry
        )
        self.age_s = self.gauge("framebus_age_seconds", "Capture to now, of the newest frame; NaN before the first.")
        self.age_s.set(float("nan"))
        self.lag = self.gauge("framebus_lag_messages", "Messages in the log that were not read yet.")
        self.in_flight_bytes = self.gauge("framebus_in_flight_bytes", "Sent and not yet acknowledged.")
        self.held_bytes = self.gauge("framebus_held_bytes", "Pictures read that are held for a later decision.")
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def describe(self, service: str, name: str) -> None:
        """Say at `framebus_build_info` who this is; `name` is the camera's, or one for display."""
        self.build.info({"service": service, "name": name, "version": _version()})

    def waiting(self) -> float:
        """The lag, without asking all the others."""
        return float(next(iter(self.lag.collect())).samples[0].value)

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        """One of a service's own, too; its name ends in _total."""
        return Counter(name, text, labels, registry=self.registry)

    def reasons(self, name: str, text: str, ours: Sequence[str]) -> Reasons:
        """A counter by reason, for a service's own use too."""
        return Reasons(self.counter(name, text, "reason"), ours)

    def gauge(self, name: str, text: str, *labels: str) -> Gauge:
        """One of a service's own, too."""
        return Gauge(name, text, labels, registry=self.registry)

    def values(self) -> dict[str, float]:
        """Every sample that says something, as name{label} -> value: no buckets, no NaN, no reason that never came."""
        samples = (sample for family in self.registry.collect() for sample in family.samples)
        return {
            sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
            for sample in samples
            if not sample.name.endswith(("_bucket", "_info")) and _says_something(sample.labels, sample.value)
        }


class _SideBySide:
    """What several processes collected, as one."""

    def __init__(self, parts: Mapping[str, Iterable[Metric]]) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        found: dict[str, Metric] = {}
        for worker, families in self._parts.items():
            for family in families:
                known = found.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                known.samples += [
                    sample._replace(labels={**sample.labels, "worker": worker}) for sample in family.samples
                ]
        return found.values()


def side_by_side(parts: Mapping[str, Iterable[Metric]]) -> bytes:
    """`parts`: worker -> what its registry collected. The text for Prometheus, each sample with the label worker."""
    return generate_latest(_SideBySide(parts))


def _says_something(labels: dict[str, str], value: float) -> bool:
    return value > 0 if labels else value == value


def _version() -> str:
    try:
        return version("framebus")
    except PackageNotFoundError:
        return "unknown"
