"""The newest state of each camera of this process, whoever told it, and which events are news."""

from collections.abc import Collection, Iterable, Iterator

from libs.common.clock import Clock
from libs.common.keyed import Gone
from libs.common.messages import Event, Message, Status, replace
from libs.common.registry.state import CONNECTED, DISCONNECTED, ENDED, STOPPED

EDGES = (f"camera.{CONNECTED}", f"camera.{DISCONNECTED}")


class Told:
    """A camera is followed by one thread after the other, and by one process after the other: an outage stays one."""

    def __init__(self, clock: Clock) -> None:
        self.latest: dict[str, Status] = {}
        self._clock = clock
        self._before: dict[str, Status] = {}
        self._edges: dict[str, str] = {}

    def remember(self, before: Iterable[Status]) -> None:
        """What was told before this process began."""
        for status in before:
            if status.state == DISCONNECTED:
                self._before[status.camera] = status
                self._edges[status.camera] = f"camera.{DISCONNECTED}"

    def news(self, message: Message) -> Message | None:
        """The message as it is to be sent; None: it is no news."""
        if isinstance(message, Event) and message.kind in EDGES:
            before = self._edges.get(message.camera)
            self._edges[message.camera] = message.kind
            return None if before == message.kind else message
        if isinstance(message, Status):
            self.latest[message.camera] = message = self._dated(message)
        elif isinstance(message, Gone):
            for known in (self.latest, self._before, self._edges):
                known.pop(message.key, None)
        return message

    def _dated(self, status: Status) -> Status:
        """Since when the camera, and not only its present thread, is in this state."""
        known = self.latest.get(status.camera) or self._before.get(status.camera)
        since = known.since if known is not None and known.state == status.state else status.since
        return replace(status, since=since)

    def stopped(self, elsewhere: Collection[str]) -> Iterator[Status]:
        """Nobody watches these cameras any more: the process ends. Those that another one serves are its own."""
        at = self._clock.now_ns()
        for camera, status in self.latest.items():
            if status.state not in (ENDED, STOPPED) and camera not in elsewhere:
                yield replace(status, state=STOPPED, since=at, error=None, fps=None)
