"""The topic `cameras` as somebody reads it, filled by several producers."""

from libs.common.bus import Place
from libs.common.keyed import key_of
from libs.common.messages import Message, Producer, Status
from libs.common.table import Row
from libs.common.testing import FakeClock

PLACE = Place("cameras", 0)


class Neighbours:
    """`clock` is the broker's; whoever writes may have another one."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.rows: dict[str, Row] = {}

    def write(self, message: Message) -> None:
        """As the broker takes it."""
        self.rows[key_of(message) or ""] = Row(message, self.clock.now_ns() // 1_000_000, PLACE, 100)

    def producer(self, instance: str, *cameras: str, host: str = "edge", slow_s: float = 0) -> Producer:
        """It says that it is there; `slow_s`: its own clock is so far behind."""
        at = self.clock.now_ns() - round(slow_s * 1e9)
        said = Producer(host=host, instance=instance, version="1", cameras=cameras, seen_at=at)
        self.write(said)
        return said

    def status(self, camera: str, state: str = "connected", host: str = "edge") -> Status:
        said = Status(camera=camera, state=state, since=self.clock.now_ns(), host=host)
        self.write(said)
        return said
