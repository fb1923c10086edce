"""A runner on a bus in memory with a clock to be set: what the runner's tests share."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.arrivals import Arrivals
from libs.common.bus import Place, partition_of
from libs.common.dead_letters import DeadLetters
from libs.common.health import Health
from libs.common.memory_bus import MemoryBus
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


@dataclass
class Recorder(Stage):
    """Passes messages on; notes what it was given. `act` may raise or return something else."""

    act: Callable[[Message], Iterable[Out]] = field(default=lambda message: [Out(message)])
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

    def held(self) -> list[Message]:
        return self.holding

    def forget(self, camera: str) -> None:
        self.forgotten.append(camera)


@dataclass
class Rig:
    """One bus, and as many runners on it, one after the other, as a test starts."""

    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: FakeClock = field(default_factory=FakeClock)

    def put(self, *messages: Message, topic: str = SOURCE) -> None:
        for message in messages:
            assert isinstance(message, Frame) or hasattr(message, "camera")
            self.put_bytes(message.camera, codec.encode(message), topic)  # type: ignore[attr-defined]

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
    ) -> Runner:
        metrics, reader, writer = Metrics(), self.bus.reader([SOURCE], GROUP), self.bus.writer()
        rule = StartRule(mode, from_ms, stage.history_s)
        return Runner(
            stages={SOURCE: stage},
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
        places = [place for place in self.bus.logs if place.topic == SOURCE + ".dead"]
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
