"""A detector around any backends, as the service wires it, without flags."""

from collections.abc import Callable

from libs.common.clock import Clock
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.detector.backend import Backend
from services.detector.counts import Counts
from services.detector.detect import Detect, always
from services.detector.gate import Gate
from services.detector.looks import Looks
from services.detector.pace import Pace
from services.detector.step import Step


def counts() -> Counts:
    """Counters of their own."""
    return Counts(Metrics())


def stage_of(
    *backends: Backend,
    clock: Clock | None = None,
    infer_fps: float = 0,
    gate: Gate | None = None,
    steps: tuple[Step, ...] = (),
    events_topic: str | None = None,
    is_active: Callable[[Frame], bool] = always,
) -> Detect:
    """With counters of its own and a clock that stands, where none is given."""
    clock = clock or FakeClock()
    looks = Looks(backends, Pace(clock, infer_fps), clock, counts(), gate)
    return Detect(looks, steps, is_active, events_topic)
