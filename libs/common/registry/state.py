"""What is told of a camera's state: one message for each change, however long it lasts."""

import re
import socket
from collections.abc import Iterator

from libs.common.clock import Clock
from libs.common.events import event_id
from libs.common.messages import Event, Status
from libs.common.registry.rate import Rate

CONNECTED, DISCONNECTED, ENDED, OFF, STOPPED = "connected", "disconnected", "ended", "off", "stopped"
MOVED = 0.2
"""A rate that is off by more than this part of what was told is told anew."""

Told = Iterator[Event | Status]


class State:
    """Of one camera, from the start of its thread on."""

    def __init__(self, camera: str, kind: str, clock: Clock) -> None:
        """`kind`: rtsp, file, webcam …: no URL, path or file name is ever told."""
        self._camera, self._kind, self._clock = camera, kind, clock
        self._host = socket.gethostname()
        self._rate = Rate()
        self._told: Status | None = None

    def connected(self, boot: str, width: int, height: int) -> Told:
        """A picture of that boot came; call it for each. The size and the rate are told again where they change."""
        self._rate.picture(self._clock.monotonic_s())
        if self._told is None or self._told.state != CONNECTED:
            at = self._clock.now_ns()
            yield self._event(CONNECTED, at, boot, "")
            yield self._status(CONNECTED, at, size=(width, height))
        elif self._changed(self._told, (width, height)):
            yield self._status(CONNECTED, self._told.since, size=(width, height))

    def disconnected(self, boot: str, reason: str) -> Told:
        """None come; `reason`: a few fixed words, `boot`: the last one, empty where there was none."""
        if self._is(DISCONNECTED):
            return
        at, reason = self._clock.now_ns(), _fixed(reason)
        yield self._event(DISCONNECTED, at, boot, reason)
        yield from self._enter(DISCONNECTED, at, reason)

    def ended(self) -> Told:
        """A file is at its end: nothing is wrong."""
        yield from self._enter(ENDED, self._clock.now_ns())

    def off(self) -> Told:
        """Switched off on purpose, such as by its hours: no event."""
        yield from self._enter(OFF, self._clock.now_ns())

    def _is(self, state: str) -> bool:
        return self._told is not None and self._told.state == state

    def _enter(self, state: str, at: int, error: str | None = None) -> Told:
        if not self._is(state):
            self._rate.restart()
            yield self._status(state, at, error)

    def _changed(self, told: Status, size: tuple[int, int]) -> bool:
        if (told.width, told.height) != size:
            return True
        if self._rate.fps is None:
            return False
        return told.fps is None or abs(self._rate.fps - told.fps) > MOVED * told.fps

    def _status(self, state: str, since: int, error: str | None = None, size: tuple[int, int] | None = None) -> Status:
        width, height = size or (None, None)
        self._told = Status(
            camera=self._camera,
            state=state,
            since=since,
            error=error,
            source=self._kind,
            fps=self._rate.fps,
            width=width,
            height=height,
            host=self._host,
        )
        return self._told

    def _event(self, state: str, at: int, boot: str, reason: str) -> Event:
        """A boot is lost once and found once; where there was none yet the time tells one from the other."""
        kind = f"camera.{state}"
        return Event(
            id=event_id(self._camera, boot, kind, "", 0 if boot else at),
            camera=self._camera,
            kind=kind,
            at=at,
            text=reason,
            data={"reason": reason} if reason else {},
        )


def _fixed(reason: str) -> str:
    """A plug-in may say what it likes; what could be a path, a host or a URL is left out."""
    return reason if re.fullmatch(r"[a-z][a-z0-9 -]{0,39}", reason) else "failed"
