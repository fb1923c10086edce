"""framebus detector: wiring."""

import sys
from collections.abc import Sequence

from libs.common import service
from libs.common.clock import SystemClock
from libs.common.metrics import Metrics
from services.detector.choose import Kit, backends
from services.detector.counts import Counts
from services.detector.detect import Detect
from services.detector.gate import Gate
from services.detector.looks import Looks
from services.detector.pace import Pace
from services.detector.settings import Settings

TEXT = "Looks at frames and says what it found; the picture passes unchanged."


def serve(settings: Settings, process: service.Service) -> None:
    counts = Counts(process.metrics)
    kit = Kit(settings, counts, process.clock)

    def stage() -> Detect:
        gate = Gate(settings.look_every, settings.regions) if settings.gate else None
        pace = Pace(process.clock, settings.most_fps)
        looks = Looks(backends(kit), pace, process.clock, counts, gate)
        return Detect(looks, events_topic=settings.events_topic)

    process.run_stages(settings, {topic: stage() for topic in settings.input})


def check(settings: Settings) -> list[str]:
    made = backends(Kit(settings, Counts(Metrics()), SystemClock()))
    return [f"backend {each.model}: looks for {', '.join(each.labels)}" for each in made] or ["nobody looks"]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "detector", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
