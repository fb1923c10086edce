"""framebus detector: wiring."""

import sys
from collections.abc import Callable, Sequence

from libs.common import service
from libs.common.bus_stream import STREAM
from libs.common.clock import SystemClock
from libs.common.messages import Frame, Message
from libs.common.metrics import Metrics
from services.detector.choose import Kit, backends
from services.detector.counts import Counts
from services.detector.detect import Detect
from services.detector.gate import Gate
from services.detector.looks import Looks
from services.detector.pace import Pace
from services.detector.paused import Paused
from services.detector.schedule import Schedule
from services.detector.settings import Settings
from services.detector.show_zones import show_zones
from services.detector.steps import steps
from services.detector.tried import tried

TEXT = (
    "Looks at frames and says what it found; the picture passes unchanged. "
    "framebus detector model add FILE|URL writes a model into its settings."
)


def serve(settings: Settings, process: service.Service) -> None:
    counts = Counts(process.metrics)
    kit = Kit(settings, counts, process.clock, scenes=settings.read_scenes())
    if settings.show_zones is not None:
        sys.stdout.write("\n".join(show_zones(settings.show_zones, settings.name, kit)) + "\n")
        return
    schedule = Schedule(lambda camera: kit.scenes.of(camera).hours, counts)

    def stage() -> Detect:
        pace = Pace(process.clock, settings.most_fps)
        looks = Looks(backends(kit), pace, process.clock, counts, _gate(kit))
        return Detect(looks, steps(kit), schedule, settings.events_topic, recall, Paused(counts))

    recall = _recall(settings, process)
    process.run_stages(settings, {topic: stage() for topic in settings.input})


def _gate(kit: Kit) -> Gate | None:
    if not kit.settings.gate:
        return None
    return Gate(kit.settings.look_every, kit.settings.regions, kit.counts.capped.labels("regions").inc)


def _recall(settings: Settings, process: service.Service) -> Callable[[Frame], Sequence[Message]]:
    """What this detector published before; a stream cannot be read again."""
    if settings.topic == STREAM:
        return lambda frame: ()
    from libs.common.kafka_recall import recall

    return recall(process.settings.kafka(), settings.topic, settings.events_topic, process.clock).before


def check(settings: Settings) -> list[str]:
    """What each backend looks for, and how long a look at a drawn picture took. Raises SettingsError where it fails."""
    kit = Kit(settings, Counts(Metrics()), SystemClock(), scenes=settings.read_scenes())
    lines: list[str] = []
    for each in backends(kit):
        lines += [f"backend {each.model}: looks for {', '.join(each.labels)}", tried(each)]
    return [*(lines or ["nobody looks"]), *([str(kit.scenes)] if settings.scenes else [])]


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["model"]:
        from services.detector import model_command

        return model_command.main(argv[1:])
    return service.main(Settings, "detector", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
