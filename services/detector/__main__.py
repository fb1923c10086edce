"""framebus detector: settings and wiring."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from libs.common import service
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from services.detector.backend import Backend
from services.detector.detect import Detect

TEXT = "Looks at frames and says what it found; the picture passes unchanged."
REPLAY = "replay:"


class Settings(StageSettings):
    """Flags of the detector."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.source",), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.detected", description="topic to write; - is stdout")
    backend: Annotated[str, Flag("-b", "motion|hog|replay:FILE")] = Field(
        "motion",
        description="motion: what moves before a still background, fixed cameras only, who stands still is not seen; "
        "hog: OpenCV's people detector, slow; replay:FILE: what a file of MOTChallenge or JSON lines says",
    )
    infer_fps: Annotated[float, Flag(metavar="N")] = Field(
        0, ge=0, le=1000, description="look at most N times a second per camera, 0: no limit; the others are carried"
    )

    @field_validator("backend")
    @classmethod
    def _backend_exists(cls, name: str) -> str:
        if name not in ("motion", "hog") and not re.match(REPLAY + ".", name):
            raise ValueError("expected motion, hog or replay:FILE")
        return name


def backend(name: str) -> Backend:
    """The backend of that name; only its own module is loaded. Raises SettingsError for a file that cannot be used."""
    if name.startswith(REPLAY):
        from services.detector.replay import Replay

        return Replay(Path(name.removeprefix(REPLAY)))
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
