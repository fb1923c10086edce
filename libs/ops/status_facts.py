"""What the topic `cameras` says, put together: each camera with whoever has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from libs.common.instances import FRESH_S
from libs.common.keyed import producer_key
from libs.common.messages import Producer, Status
from libs.common.table import Row

UNKNOWN = "unknown"
WELL = ("connected", "off", "paused", "ended", "stopped")
FINAL = ("ended", "stopped")
"""States that stay true without anybody who watches the camera."""


@dataclass(frozen=True)
class ProducerFacts:
    """`age_s`: since it was heard of."""

    producer: Producer
    age_s: float

    @property
    def stale(self) -> bool:
        return self.age_s > FRESH_S

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


def facts_of(rows: Mapping[str, Row], wanted: Iterable[str], now_ns: int) -> Facts:
    """`wanted`: names of cameras with * ? [abc], none: all. Times of the broker count, seen from `now_ns`."""
    names = tuple(wanted)
    producers = [
        ProducerFacts(row.message, max(0.0, now_ns / 1e9 - row.at_ms / 1e3))
        for _, row in sorted(rows.items())
        if isinstance(row.message, Producer)
    ]
    statuses = [row.message for _, row in sorted(rows.items()) if isinstance(row.message, Status)]
    chosen = [each for each in statuses if not names or any(fnmatchcase(each.camera, name) for name in names)]
    missing = (name for name in names if not any(fnmatchcase(each.camera, name) for each in chosen))
    return Facts(tuple(_camera(each, producers, now_ns) for each in chosen), tuple(producers), tuple(missing))


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
