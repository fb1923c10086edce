"""What this process says of itself: that it is there, and which cameras it has."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version

from libs.common.clock import Clock
from libs.common.keyed import Gone, producer_key
from libs.common.messages import Producer

EVERY_S = 30.0
MOST_CAMERAS = 1000


class Inventory:
    """One message every 30 s, and at once when the cameras are others."""

    def __init__(self, host: str, instance: str, clock: Clock, cameras: Callable[[], Iterable[str]]) -> None:
        """`cameras`: their names, those that are off or away too."""
        self.host, self.key = host, producer_key(host, instance)
        self._instance, self._clock, self._cameras = instance, clock, cameras
        self._said: tuple[str, ...] | None = None
        self._next_s = 0.0
        self._sent: deque[int] = deque(maxlen=64)

    def due(self) -> Iterator[Producer]:
        """Nothing, most of the time."""
        cameras, now_s = tuple(sorted(self._cameras()))[:MOST_CAMERAS], self._clock.monotonic_s()
        if cameras == self._said and now_s < self._next_s:
            return
        self._said, self._next_s = cameras, now_s + EVERY_S
        at = self._clock.now_ns()
        self._sent.append(at)
        yield Producer(host=self.host, instance=self._instance, version=_version(), cameras=cameras, seen_at=at)

    def wrote(self, producer: Producer) -> bool:
        """Whether this message under our key is one of ours, and none of another process of the same name."""
        return producer.seen_at in self._sent

    def over(self) -> Gone:
        """This process ends in order."""
        return Gone(key=self.key)


def _version() -> str:
    try:
        return version("framebus")
    except PackageNotFoundError:
        return "unknown"
