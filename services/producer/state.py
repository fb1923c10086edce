"""What is told of a camera's state: one message for each change, however long it lasts."""

from collections.abc import Iterator

from libs.common.clock import Clock
from libs.common.events import event_id
from libs.common.messages import Event, Status
from services.producer.boot import Boot
from services.producer.pictures import Picture

CONNECTED, DISCONNECTED = "connected", "disconnected"


class State:
    """Of one camera, from the start of its thread on."""

    def __init__(self, camera: str, kind: str, clock: Clock) -> None:
        """`kind`: rtsp, file, webcam …: no URL is ever told."""
        self._camera, self._kind, self._clock = camera, kind, clock
        self._state = ""

    def connected(self, boot: Boot, picture: Picture) -> Iterator[Event | Status]:
        """Pictures come in."""
        if self._state == CONNECTED:
            return
        self._state = CONNECTED
        at = self._clock.now_ns()
        yield self._event(CONNECTED, at, boot.name)
        yield Status(
            camera=self._camera,
            state=CONNECTED,
            since=at,
            source=self._kind,
            width=picture.width,
            height=picture.height,
        )

    def disconnected(self, boot: str, reason: str) -> Iterator[Event | Status]:
        """None come; `reason`: a few fixed words, `boot`: the last one, empty where there was none."""
        if self._state == DISCONNECTED:
            return
        self._state = DISCONNECTED
        at = self._clock.now_ns()
        yield self._event(DISCONNECTED, at, boot, reason)
        yield Status(camera=self._camera, state=DISCONNECTED, since=at, error=reason, source=self._kind)

    def _event(self, state: str, at: int, boot: str, reason: str = "") -> Event:
        kind = f"camera.{state}"
        return Event(
            id=event_id(self._camera, boot, kind, "", at),
            camera=self._camera,
            kind=kind,
            at=at,
            text=reason,
        )
