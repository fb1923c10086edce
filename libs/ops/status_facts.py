"""What the topic `cameras` says, put together: each camera with whoever has it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from libs.common.instances import FRESH_S, may_run
from libs.common.keyed import producer_key
from libs.common.messages import Producer, Status
from libs.common.table import Row

UNKNOWN = "unknown"
NO_PICTURE = "no picture yet"
WELL = ("connected", "off", "paused", "ended", "stopped")
FINAL = ("ended", "stopped")
"""States that stay true without anybody who watches the camera."""


@dataclass(frozen=True)
class ProducerFacts:
    """`age_s`: since it was heard of; `dead`: that is known, its process was on this machine."""

    producer: Producer
    age_s: float
    dead: bool = False

    @property
    def stale(self) -> bool:
        return self.dead or self.age_s > FRESH_S

    @property
    def name(self) -> str:
        return producer_key(self.producer.host, self.producer.instance).removeprefix("@")


@dataclass(frozen=True)
class CameraFacts:
    """`state`: the one that was told, or unknown; `note` says why."""

    status: Status
    state: str
    age_s: float
    note: str
    producers: tuple[str, ...]

    @property
    def well(self) -> bool:
        return self.state in WELL


@dataclass(frozen=True)
class Facts:
    """Sorted by name."""

    cameras: tuple[CameraFacts, ...]
    producers: tuple[ProducerFacts, ...]
    missing: tuple[str, ...]
    """Words that name no camera there is."""

    @property
    def well(self) -> bool:
        return not self.missing and all(camera.well for camera in self.cameras)


def facts_of(
    rows: Mapping[str, Row], wanted: Iterable[str], now_ns: int, may_run: Callable[[str, str, float], bool] = may_run
) -> Facts:
    """`wanted`: names of cameras with * ? [abc], none: all. Times of the broker count, seen from `now_ns`."""
    names = tuple(wanted)
    producers = [
        ProducerFacts(
            row.message,
            max(0.0, now_ns / 1e9 - row.at_ms / 1e3),
            not may_run(row.message.host, row.message.instance, row.at_ms / 1e3),
        )
        for _, row in sorted(rows.items())
        if isinstance(row.message, Producer)
    ]
    told = {row.message.camera: row.message for row in rows.values() if isinstance(row.message, Status)}
    statuses = [status for _, status in sorted((_not_told(producers, now_ns) | told).items())]
    chosen = [each for each in statuses if not names or any(fnmatchcase(each.camera, name) for name in names)]
    missing = (name for name in names if not any(fnmatchcase(each.camera, name) for each in chosen))
    return Facts(tuple(_camera(each, producers, now_ns) for each in chosen), tuple(producers), tuple(missing))


def _not_told(producers: Iterable[ProducerFacts], now_ns: int) -> dict[str, Status]:
    """Cameras that a producer has and that neither gave a picture nor failed yet."""
    return {
        camera: Status(
            camera=camera,
            state=UNKNOWN,
            since=now_ns - int(each.age_s * 1e9),
            error=NO_PICTURE,
            host=each.producer.host,
        )
        for each in producers
        if not each.stale
        for camera in each.producer.cameras
    }


def _camera(status: Status, producers: Iterable[ProducerFacts], now_ns: int) -> CameraFacts:
    having = sorted((each for each in producers if status.camera in each.producer.cameras), key=lambda each: each.age_s)
    fresh = [each.name for each in having if not each.stale]
    state, note = status.state, status.error or ""
    if len(fresh) > 1:
        note = f"sent by {len(fresh)} producers: {', '.join(fresh)}"
    elif not fresh and state not in FINAL:
        state, note = UNKNOWN, f"was {state}; " + _gone(having)
    return CameraFacts(status, state, max(0.0, (now_ns - status.since) / 1e9), note, tuple(fresh))


def _gone(having: list[ProducerFacts]) -> str:
    if not having:
        return "no producer has it now"
    return f"its producer {having[0].name} was last seen {ago(having[0].age_s)} ago"


def ago(seconds: float) -> str:
    """`12 s`, `3 min`, `5 h`, `2 d`."""
    for size_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size_s:
            return f"{int(seconds // size_s)} {unit}"
    return f"{int(seconds)} s"
