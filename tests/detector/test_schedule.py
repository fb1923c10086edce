"""When a camera is looked at."""

from datetime import datetime

from libs.common.hours import hours
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.testing import frame
from services.detector.counts import Counts
from services.detector.schedule import Schedule
from tests.detector.fixed import Fixed
from tests.detector.stage import stage_of


def at(clock: str) -> int:
    """UTC ns of a time on one day."""
    return round(datetime.fromisoformat(f"2026-01-14T{clock}:00+00:00").timestamp()) * 1_000_000_000


def test_frames_outside_pass_unlooked_and_are_counted() -> None:
    """No verdict: who redacts them withholds. Another camera has no hours: always."""
    metrics, night = Metrics(), hours(["22:00-06:00"], "UTC", "here")
    schedule = Schedule(lambda camera: night if camera == "porch" else None, Counts(metrics))
    stage = stage_of(Fixed(), is_active=schedule)
    noon, midnight = (at(clock) for clock in ("12:00", "23:00"))

    def verdicts(message: Frame) -> object:
        (out,) = stage.handle(message)
        assert isinstance(out.message, Frame)
        return out.message.verdicts

    assert verdicts(frame("porch", 0, captured_at=noon)) is None
    assert verdicts(frame("porch", 1, captured_at=midnight)) is not None
    assert verdicts(frame("yard", 0, captured_at=noon)) is not None
    assert metrics.registry.get_sample_value("framebus_looks_total", {"reason": "inactive"}) == 1
