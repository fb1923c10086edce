"""A camera that is watched for what comes and goes."""

from collections.abc import Sequence

from libs.common.messages import Detection, Event, replace
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame
from services.detector.counts import Counts
from services.detector.picture import Picture
from services.detector.presence import Presence
from services.detector.step import Look, Sighting


def found(label: str = "person", zones: tuple[str, ...] = (), confidence: float = 0.9) -> Detection:
    return Detection(label=label, confidence=confidence, box=(0.1, 0.1, 0.2, 0.4), zones=zones)


class Camera:
    """Hands looks to the step, ten a second; `told` is all that was said."""

    def __init__(self, confirm: int = 1, debounce_s: float = 3.0) -> None:
        self.clock, self.metrics = FakeClock(), Metrics()
        self.step = Presence(self.clock, Counts(self.metrics), debounce_s, confirm)
        self.told: list[Event] = []

    def look(
        self,
        seq: int,
        *found: Detection,
        how: str = "full",
        labels: tuple[str, ...] = ("person", "car"),
        **fields: object,
    ) -> list[Event]:
        """What this frame caused."""
        sighting = Sighting(Picture(replace(frame(image=b"-", seq=seq), **fields)), [Look("m", labels, how, found)])
        self.step.take(sighting)
        self.told += sighting.events
        return sighting.events

    def looks(self, seqs: Sequence[int], *found: Detection, **more: object) -> list[str]:
        return [event.kind for seq in seqs for event in self.look(seq, *found, **more)]  # type: ignore[arg-type]

    def wait(self, seconds: float) -> list[Event]:
        """The runner's ticks, five a second, without a frame."""
        events: list[Event] = []
        for _ in range(round(5 * seconds)):
            self.clock.advance(0.2)
            events += self.step.tick()
        return events
