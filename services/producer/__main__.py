"""framebus producer: wiring."""

import sys
from collections.abc import Iterator, Sequence

from libs.common import service
from libs.common.errors import FatalError
from libs.common.messages import Message
from services.producer.cameras import Cameras
from services.producer.open_source import open_source
from services.producer.pictures import PictureEncoder
from services.producer.plan import Plan
from services.producer.produce import Wait, produce
from services.producer.settings import Settings
from services.producer.shots import Shot, SourceError
from services.producer.sources import read_url

TEXT = "Publishes the frames of a camera, a file or a webcam."


def serve(settings: Settings, process: service.Service) -> None:
    plans = settings.plans()

    def count(reason: str) -> None:
        process.metrics.skipped.labels(reason).inc()

    def make(plan: Plan, wait: Wait) -> Iterator[Message]:
        return produce(plan, process.clock, wait, count, took=process.metrics.step_s.observe)

    cameras = Cameras(make, process.health.beat, process.stop, count)
    cameras.follow(plans)
    live = any(read_url(plan.url).live for plan in plans.values())
    process.run_source(settings, cameras.messages(), live, settings.sides())


def check(settings: Settings) -> list[str]:
    """A picture of each camera. Raises FatalError where there is none."""
    return [_size(plan) for plan in settings.plans().values()]


def _size(plan: Plan) -> str:
    source = read_url(plan.url)
    try:
        with open_source(source, plan, lambda media_s: True) as shots:
            first = next(shot.picture for shot in shots if isinstance(shot, Shot) and shot.picture is not None)
    except (SourceError, StopIteration) as error:
        raise FatalError(str(error) or f"{source.label}: no pictures") from None
    picture = PictureEncoder(plan.quality, plan.resize).encode(first)
    if picture is None:
        raise FatalError(f"{source.label}: its pictures are too large for a message")
    return f"{source.label} as {plan.camera}: {picture.width}x{picture.height}"


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "producer", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
