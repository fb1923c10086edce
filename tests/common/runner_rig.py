"""A runner on a bus in memory with a clock to be set: what the runner's tests share."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.arrivals import Arrivals
from libs.common.bus import Batch, Headers, Place, Skipped, partition_of
from libs.common.dead_letters import DeadLetters
from libs.common.errors import PermanentError
from libs.common.health import Health
from libs.common.memory_bus import MAX_RECORD_BYTES, MemoryBus, MemoryDelivery, MemoryReader, MemoryWriter
from libs.common.messages import Frame, Message
from libs.common.metrics import Metrics
from libs.common.places import Places
from libs.common.publisher import Publisher
from libs.common.runner import Runner
from libs.common.stage import Out, Stage
from libs.common.start import StartRule
from libs.common.testing import FakeClock
from libs.common.watchdog import Watchdog

SOURCE, OUTPUT, GROUP = "frames.source", "frames.detected", "group"
PORCH = Place(SOURCE, partition_of("porch", 6))


@dataclass
class Recorder(Stage):
    """Passes messages on; notes what it was given. `act`, `recall`, `timer` may raise, or return something."""

    act: Callable[[Message], Iterable[Out]] = field(default=lambda message: [Out(message)])
    recall: Callable[[Message], None] = field(default=lambda message: None)
    timer: Callable[[], Iterable[Out]] = field(default=lambda: ())
    handled: list[Message] = field(default_factory=list)
    remembered: list[Message] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    holding: list[Message] = field(default_factory=list)
    history_s: float = 0.0

    def handle(self, message: Message) -> Iterable[Out]:
        self.handled.append(message)
        return self.act(message)

    def remember(self, message: Message) -> None:
        self.remembered.append(message)
        self.recall(message)

    def tick(self) -> Iterable[Out]:
        return self.timer()

    def held(self) -> list[Message]:
        return self.holding

    def forget(self, camera: str) -> None:
        self.forgotten.append(camera)
        self.holding = [message for message in self.holding if getattr(message, "camera", None) != camera]


class ScriptedReader(MemoryReader):
    """Tells, with the records of its next poll, what is written to `skipped` and `bounced` (taken and given back)."""

    def __init__(self, bus: MemoryBus, topics: list[str], group: str | None) -> None:
        super().__init__(bus, topics, group)
        self.skipped: list[Skipped] = []
        self.bounced: list[Place] = []

    def poll(self, timeout_s: float) -> Batch:
        batch = super().poll(timeout_s)
        batch.skipped, self.skipped = self.skipped, []
        bounced, self.bounced = self.bounced, []
        for place in bounced:
            self._positions.pop(place, None)
            batch.revoked.append(place)
            batch.assigned.append(place)
        return batch


class StrictWriter(MemoryWriter):
    """Counts the key too, as a broker does."""

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> MemoryDelivery:
        if len(key or b"") + len(value or b"") > MAX_RECORD_BYTES:
            raise PermanentError("too large", "too-large")
        return super().send(place, key, value, headers)


@dataclass
class Rig:
    """One bus, and as many runners on it, one after the other, as a test starts."""

    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: FakeClock = field(default_factory=FakeClock)

    def put(self, *messages: Message, topic: str = SOURCE) -> None:
        for message in messages:
            assert isinstance(message, Frame) or hasattr(message, "camera")
            self.put_bytes(message.camera, codec.encode(message), topic)

    def put_bytes(self, camera: str, value: bytes | None, topic: str = SOURCE, key: bytes | None = None) -> None:
        self.bus.time_ms = self.clock.now_ns() // 1_000_000
        self.bus.append(Place(topic, partition_of(camera, 6)), key or camera.encode(), value)

    def runner(
        self,
        stage: Stage,
        mode: str = "every",
        cameras: tuple[str, ...] = (),
        max_age_s: float | None = None,
        from_ms: int | None = None,
        topics: tuple[str, ...] = (SOURCE,),
    ) -> Runner:
        metrics, reader, writer = Metrics(), ScriptedReader(self.bus, list(topics), GROUP), StrictWriter(self.bus)
        rule = StartRule(mode, from_ms, stage.history_s)
        return Runner(
            stages=dict.fromkeys(topics, stage),
            reader=reader,
            publisher=Publisher(writer, OUTPUT, "detector", "test", self.clock, metrics),
            places=Places(reader, rule, True, self.clock, metrics),
            arrivals=Arrivals(self.clock, mode == "latest", cameras, max_age_s),
            dead_letters=DeadLetters(writer, GROUP, "detector", metrics),
            clock=self.clock,
            metrics=metrics,
            health=Health("detector", {}, self.clock, metrics),
            watchdog=Watchdog(self.clock, 120),
            stop=threading.Event(),
        )

    def out(self) -> list[Message]:
        return [codec.decode(value) for value in self.bus.values(OUTPUT)]

    def dead(self) -> list[dict[str, str]]:
        """The headers of all dead letters."""
        places = [place for place in self.bus.logs if place.topic.endswith(".dead")]
        return [
            {name: value.decode() for name, value in record.headers}
            for place in places
            for record in self.bus.logs[place]
        ]

    def committed(self, camera: str) -> int | None:
        found = self.bus.commits.get((GROUP, Place(SOURCE, partition_of(camera, 6))))
        return None if found is None else found.offset


def turns(runner: Runner, count: int = 3) -> None:
    """Let the loop go round, and a second pass, so that commits become due."""
    for _ in range(count):
        runner.turn()
        runner.clock.advance(1.1)  # type: ignore[attr-defined]
    runner.turn()


def seqs(messages: list[Message]) -> list[int]:
    return [message.seq for message in messages if isinstance(message, Frame)]


def holder(seq: int) -> Recorder:
    """A stage that keeps the frame `seq` for good and passes all others."""
    stage = Recorder()

    def act(message: Message) -> list[Out]:
        if isinstance(message, Frame) and message.seq == seq:
            stage.holding.append(message)
            return []
        return [Out(message)]

    stage.act = act
    return stage
