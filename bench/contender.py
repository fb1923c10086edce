"""framebus among other chains: `python -m bench.contender STAGE`, with BENCH_BOOTSTRAP, _IN, _OUT, _CLIP and _FPS set.

The detector is a stub that finds two people at fixed places, so that chains are compared and not models.
"""

import os
import sys
from importlib import import_module

from bench.stub import stub_stage
from libs.common import service
from services.detector.__main__ import TEXT
from services.detector.settings import Settings

PEOPLE = ((300 / 1280, 150 / 720, 480 / 1280, 640 / 720), (760 / 1280, 200 / 720, 930 / 1280, 660 / 720))


def detector(argv: list[str]) -> int:
    def serve(settings: Settings, process: service.Service) -> None:
        process.run_stages(settings, {topic: stub_stage(PEOPLE, process.clock) for topic in settings.input})

    return service.main(Settings, "detector", TEXT, argv, serve, lambda settings: [])


def speed(clip: str, fps: float) -> str:
    """How much faster than its own rate the clip has to play; 0: as fast as it can."""
    import av

    with av.open(clip) as opened:
        return str(fps / float(opened.streams.video[0].average_rate or 1))


def flags(stage: str, given: dict[str, str]) -> list[str]:
    if stage == "producer":
        play = ["--speed", speed(given["CLIP"], float(given["FPS"] or 0))]
        return [given["CLIP"], "-n", "bench", "-t", given["OUT"], *play]
    if stage == "viewer":
        return ["-i", given["IN"], "--port", "0"]
    at_once = ["person", "--hold", "0", "--lookahead", "0"] if stage == "redactor" else []
    return [*at_once, "-i", given["IN"], "-t", given["OUT"]]


def main(stage: str) -> int:
    given = {name: os.environ.get(f"BENCH_{name}", "") for name in ("BOOTSTRAP", "IN", "OUT", "CLIP", "FPS")}
    run = detector if stage == "detector" else import_module(f"services.{stage}.__main__").main
    return int(run([*flags(stage, given), "--bootstrap", given["BOOTSTRAP"], "--log-level", "ERROR"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
