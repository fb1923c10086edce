"""Other producers that have cameras of ours, as the topic `cameras` tells it."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping

from libs.common.clock import Clock
from libs.common.errors import FatalError
from libs.common.events import event_id
from libs.common.instances import FRESH_S, may_run
from libs.common.keyed import Gone
from libs.common.messages import Event, Producer, Status
from libs.common.table import Row

log = logging.getLogger(__name__)

KIND = "camera.conflict"
OVERLAP_MS = 3000
"""A camera that changes hands is in two inventories for a moment."""
FORGOTTEN_S = 86_400.0
NAMED = 3

Rows = Mapping[str, Row]
MayRun = Callable[[str, str, float], bool]


class Rivals:
    """Compares times of the broker alone: no clock of another machine decides anything."""

    def __init__(self, key: str, wrote: Callable[[Producer], bool], clock: Clock, may_run: MayRun = may_run) -> None:
        """`key`: under which we write; `wrote`: whether a message there is one of ours."""
        self._key, self._wrote, self._clock, self._may_run = key, wrote, clock, may_run
        self._ours: dict[str, int] = {}
        """Camera -> when the broker took our first message that has it, UTC ms."""
        self._twin: Row | None = None
        """The newest message under our key that is not ours."""
        self._conflicts: set[tuple[str, str]] = set()
        self._buried: set[tuple[str, int]] = set()

    def refuse(self, rows: Rows, cameras: Collection[str]) -> None:
        """Raise FatalError where another producer has one of these cameras, before we begin with them."""
        now_ms = self._clock.now_ns() // 1_000_000
        taken = {
            camera: (producer, row)
            for producer, row in self._running(rows, now_ms)
            for camera in producer.cameras
            if camera in cameras
        }
        if taken:
            raise FatalError(_refusal(rows, taken, now_ms))

    def news(self, rows: Rows) -> Iterator[Event]:
        """One for each camera and other producer, and again only after that one was gone."""
        now = {(camera, key): at_ms for camera, key, at_ms in self._found(rows)}
        for (camera, key), at_ms in now.items():
            if (camera, key) not in self._conflicts:
                yield self._event(camera, key, at_ms)
        self._conflicts = set(now)

    def dead(self, rows: Rows) -> Iterator[Gone]:
        """Producers that went without a word: of this machine if that is known, of others after a day. Each once."""
        newest_ms = max((row.at_ms for _, _, row in _producers(rows)), default=0)
        for key, producer, row in _producers(rows):
            silent_s = (newest_ms - row.at_ms) / 1000
            known = silent_s > FRESH_S and not self._may_run(producer.host, producer.instance, row.at_ms / 1000)
            if (known or silent_s > FORGOTTEN_S) and (key, row.at_ms) not in self._buried:
                self._buried.add((key, row.at_ms))
                yield Gone(key=key)

    def elsewhere(self, rows: Rows) -> set[str]:
        """Cameras that another producer has now."""
        newest_ms = max((row.at_ms for _, _, row in _producers(rows)), default=0)
        return {camera for producer, _ in self._running(rows, newest_ms) for camera in producer.cameras}

    def _running(self, rows: Rows, now_ms: int) -> Iterator[tuple[Producer, Row]]:
        """Others that were heard of lately, without those whose end is known."""
        for key, producer, row in _producers(rows):
            fresh = key != self._key and now_ms - row.at_ms <= FRESH_S * 1000
            if fresh and self._may_run(producer.host, producer.instance, row.at_ms / 1000):
                yield producer, row

    def _found(self, rows: Rows) -> Iterator[tuple[str, str, int]]:
        """Camera, the other's key, when the other said it: later than we did, so it is no predecessor's."""
        own = rows.get(self._key)
        if own is None or not isinstance(own.message, Producer):
            return
        if self._wrote(own.message):
            self._ours = {camera: self._ours.get(camera, own.at_ms) for camera in own.message.cameras}
        elif self._ours:
            self._twin = own
        seen = [each for each in _producers(rows) if each[0] != self._key]
        if self._twin is not None and isinstance(self._twin.message, Producer):
            seen.append((self._key, self._twin.message, self._twin))
        for key, producer, row in seen:
            for camera in producer.cameras if own.at_ms - row.at_ms <= FRESH_S * 1000 else ():
                if camera in self._ours and row.at_ms >= self._ours[camera] + OVERLAP_MS:
                    yield camera, key, row.at_ms

    def _event(self, camera: str, key: str, at_ms: int) -> Event:
        other = key.removeprefix("@")
        text = f"also sent by {other}"
        if key == self._key:
            text = f"another process calls itself {other}, too: give each its own --instance"
        log.warning("%s: %s", camera, text)
        return Event(
            id=event_id(camera, "", KIND, f"{self._key}{key}", at_ms),
            camera=camera,
            kind=KIND,
            at=self._clock.now_ns(),
            text=text[:1024],
            data={"producer": self._key, "other": key},
        )


def _producers(rows: Rows) -> Iterator[tuple[str, Producer, Row]]:
    for key, row in rows.items():
        if isinstance(row.message, Producer):
            yield key, row.message, row


def _refusal(rows: Rows, taken: Mapping[str, tuple[Producer, Row]], now_ms: int) -> str:
    names = sorted(taken)
    producer, row = taken[names[0]]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    status = rows[names[0]].message if names[0] in rows else None
    since = ""
    if isinstance(status, Status) and status.host == producer.host:
        since = f"; {status.state} for {max(0, now_ms - status.since // 1_000_000) // 1000} s"
    return (
        f"{', '.join(names[:NAMED])}{more}: another producer has it, {producer.host}/{producer.instance} (heard of "
        f"{max(0, now_ms - row.at_ms) // 1000} s ago{since}): stop that one, or start with --takeover"
    )
