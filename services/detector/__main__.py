"""framebus detector: settings and wiring."""

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from libs.common import service
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from services.detector.backend import Backend
from services.detector.detect import Detect

TEXT = "Looks at frames and says what it found; the picture passes unchanged."


class Settings(StageSettings):
    """Flags of the detector."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.source",), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field(
        "frames.detected", min_length=1, description="topic to write; - is stdout"
    )
    backend: Annotated[Literal["motion", "hog"], Flag("-b")] = Field(
        "motion",
        description="motion: what moves before a still background, fixed cameras only, who stands still is not seen; "
        "hog: OpenCV's people detector, slow",
    )
    infer_fps: Annotated[float, Flag(metavar="N")] = Field(
        0, ge=0, le=1000, description="look at most N times a second per camera, 0: no limit; the others are carried"
    )


def backend(name: str) -> Backend:
    """The backend of that name; only its own module is loaded."""
    if name == "hog":
        from services.detector.hog import Hog

        return Hog()
    from services.detector.motion import Motion

    return Motion()


def serve(settings: Settings, process: service.Service) -> None:
    def stage() -> Detect:
        return Detect(backend(settings.backend), process.clock, settings.infer_fps)

    process.run_stages(settings, {topic: stage() for topic in settings.input})


def check(settings: Settings) -> list[str]:
    made = backend(settings.backend)
    return [f"backend {made.model}: looks for {', '.join(made.labels)}"]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "detector", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
