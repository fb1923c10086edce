"""A process on the topic `cameras`: what it says there, and what it learns there."""

import time
from collections.abc import Iterable, Iterator

import pytest

from libs.common import codec
from libs.common.bus import Batch, Place, Reader, partition_of
from libs.common.errors import FatalError, FramebusError, TemporaryError
from libs.common.follower import Follower, NoTopicError
from libs.common.kafka_settings import KafkaSettings
from libs.common.keyed import Gone, key_of
from libs.common.memory_bus import MemoryBus, MemoryReader
from libs.common.messages import Event, Message, Producer, Status
from libs.common.registry.conflict import Rivals
from libs.common.registry.inventory import Inventory
from libs.common.registry.registry import EVERY_S, KINDS, LOST_S, Registry, registry_of
from libs.common.registry.told import Told
from libs.common.testing import FakeClock
from tests.common.kafka_tools import until

TOPIC = "cameras"


class Calm(MemoryReader):
    """A memory bus answers at once, so whoever polls it in a thread would spin."""

    def poll(self, timeout_s: float) -> Batch:
        time.sleep(0.002)
        return super().poll(timeout_s)


class Site:
    """A broker whose topic several processes write, and the clock of all of them."""

    def __init__(self) -> None:
        self.bus, self.clock = MemoryBus(), FakeClock()
        self.processes: list[Process] = []

    def write(self, message: Message) -> None:
        key = key_of(message) or ""
        value = None if isinstance(message, Gone) else codec.encode(message)
        self.bus.time_ms = self.clock.now_ns() // 1_000_000
        self.bus.append(Place(TOPIC, partition_of(key, 6)), key.encode(), value)

    def process(self, instance: str, *cameras: str, refused: FramebusError | None = None) -> "Process":
        self.processes.append(Process(self, instance, cameras, refused))
        return self.processes[-1]

    def pass_by(self, seconds: float) -> list[Message]:
        """Each process says what it has to say; what they said. All of it is read by all before more time passes."""
        said: list[Message] = []
        for _ in range(round(seconds / EVERY_S)):
            for process in self.processes:
                said += process.say()
            for process in self.processes:
                process.has_read()
            self.clock.advance(EVERY_S)
        return said


class Process:
    """One producer: what it says reaches the topic."""

    def __init__(self, site: Site, instance: str, cameras: Iterable[str], refused: FramebusError | None) -> None:
        self.site, self.cameras, self.refused = site, list(cameras), refused
        self.follower = Follower(self.connect, KINDS)
        inventory = Inventory("edge", instance, site.clock, lambda: self.cameras)
        rivals = Rivals(inventory.key, inventory.wrote, site.clock, lambda *_: True)
        self.registry = Registry(inventory, Told(site.clock), rivals, site.clock, self.follower)

    def connect(self) -> Reader:
        if self.refused:
            raise self.refused
        return Calm(self.site.bus, [TOPIC], None)

    def begin(self, takeover: bool = False) -> None:
        self.registry.begin(self.cameras, takeover)

    def send(self, messages: Iterable[Message]) -> list[Message]:
        """As the runner does: events go elsewhere."""
        sent = list(messages)
        for message in sent:
            if not isinstance(message, Event):
                self.site.write(message)
        return sent

    def say(self, *messages: Message) -> list[Message]:
        """What the cameras say, and what is said besides."""
        return self.send(self.registry.through([*messages, *self.registry.news()]))

    def has_read(self) -> None:
        """All that is there."""
        if self.refused is None:
            until(lambda: self._newest() == {key: row.message for key, row in self.follower.rows.items()})

    def _newest(self) -> dict[str, Message]:
        log = [record for records in list(self.site.bus.logs.values()) for record in list(records)]
        newest = {(record.key or b"").decode(): record.value for record in log}
        return {key: codec.decode(value) for key, value in newest.items() if value is not None}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """With nobody there."""
    monkeypatch.setattr("libs.common.follower.POLL_S", 0.0)
    made = Site()
    yield made
    for process in made.processes:
        process.registry.close()


def connected(camera: str, since: int = 1) -> Status:
    return Status(camera=camera, state="connected", since=since, host="edge")


def conflicts(said: list[Message]) -> list[str]:
    return [message.camera for message in said if isinstance(message, Event) and message.kind == "camera.conflict"]


def test_a_second_producer_does_not_start_and_takes_over_on_request(site: Site) -> None:
    """Then both tell it, once."""
    first, second = site.process("a", "porch"), site.process("b", "porch")
    first.begin()
    first.say()
    with pytest.raises(FatalError, match=r"porch: another producer has it, edge/a .* --takeover"):
        second.begin()
    third = site.process("c", "porch")
    site.processes.remove(second)
    second.registry.close()
    site.clock.advance(10)
    third.begin(takeover=True)
    assert sorted(conflicts(site.pass_by(100))) == ["porch", "porch"]


def test_after_an_end_in_order_the_next_one_starts_at_once(site: Site) -> None:
    """The camera was told to be stopped, and the producer is taken out."""
    first, second = site.process("a", "porch"), site.process("b", "porch")
    first.begin()
    first.say(connected("porch"))
    last = first.send(first.registry.over())
    assert [type(message) for message in last] == [Status, Gone]
    assert [message.state for message in last if isinstance(message, Status)] == ["stopped"]
    second.begin()
    second.has_read()
    assert set(second.follower.rows) == {"porch"}


def test_a_producer_that_ends_says_nothing_of_a_camera_that_another_has_now(site: Site) -> None:
    """After a takeover: nor is the state of one that was taken out of its file taken back."""
    first, second = site.process("a", "porch", "yard"), site.process("b", "porch", "yard")
    first.begin()
    first.say(connected("porch"), connected("yard"))
    site.clock.advance(10)
    second.begin(takeover=True)
    second.say(connected("porch", 2), connected("yard", 2))
    site.pass_by(1)
    assert [each for each in first.say(Gone(key="yard")) if isinstance(each, Gone)] == []
    assert first.send(first.registry.over()) == [Gone(key="@edge/a")]


def test_what_the_topic_lost_is_told_again(site: Site) -> None:
    """It was made anew, or somebody wrote something else; once in half a minute at most."""
    ours = site.process("a", "porch")
    ours.begin()
    ours.say(connected("porch"))
    assert [each for each in site.pass_by(5 * LOST_S) if isinstance(each, Status)] == []
    site.write(Status(camera="porch", state="stopped", since=5))
    said = site.pass_by(LOST_S - 2)
    assert [each for each in said if isinstance(each, Status)] == []
    said = site.pass_by(5 * LOST_S)
    assert [each for each in said if isinstance(each, Status)] == [connected("porch")]


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (NoTopicError("topic cameras is not there"), ": topic cameras is not there"),
        (FatalError("no right to read"), ": no right to read"),
        (TemporaryError("the login was refused"), ""),
    ],
)
def test_without_the_topic_it_starts_and_says_so_once(
    site: Site, refused: FramebusError, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is refused for what cannot be known; what is wrong with the broker is said by whoever writes."""
    caplog.set_level("INFO")
    ours = site.process("a", "porch", refused=refused)
    ours.begin()
    said = ours.say(connected("porch"))
    said += ours.say()
    assert [type(message) for message in said] == [Status, Producer]
    assert [record.message for record in caplog.records] == [
        f"whether another producer has these cameras is not known yet{why}"
    ]


def test_what_could_not_be_known_at_the_start_is_noticed_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker was away: both began."""
    monkeypatch.setattr("libs.common.steady.RETRY_S", 0.01)
    away = TemporaryError("broker away")
    first, second = site.process("a", "porch", refused=away), site.process("b", "porch", refused=away)
    for process in (first, second):
        process.begin()
        process.refused = None
    for process in (first, second):
        until(lambda process=process: process.follower.trouble is None)
    assert "porch" in conflicts(site.pass_by(40))


def test_what_was_paused_is_known_after_a_restart(site: Site) -> None:
    """It lies with the state of the camera."""
    site.write(Status(camera="porch", state="stopped", since=1, paused=("alerts",)))
    ours = site.process("a", "porch")
    ours.begin()
    assert ours.registry.paused_before("porch") == ("alerts",)
    assert ours.registry.paused_before("yard") == ()


@pytest.mark.parametrize(
    ("refused", "known"),
    [(TemporaryError("broker away"), None), (NoTopicError("topic cameras is not there"), ()), (FatalError("no"), ())],
)
def test_what_was_paused_is_not_known_while_it_may_still_be_read(
    site: Site, refused: FramebusError, known: tuple[str, ...] | None
) -> None:
    """Where there is no topic, or no right, there is nothing to wait for."""
    ours = site.process("a", "porch", refused=refused)
    ours.begin()
    assert ours.registry.paused_before("porch") == known


def test_on_a_pipe_nobody_is_asked() -> None:
    """There is no topic, so there is no reader; what it would say of itself the runner drops."""
    ours = registry_of(KafkaSettings("nowhere.invalid:1"), None, "a", FakeClock(), lambda: ["porch"])
    ours.begin(["porch"], takeover=False)
    assert list(ours.through([connected("porch")])) == [connected("porch")]
    assert ours.paused_before("porch") == ()
    ours.close()


def test_a_camera_that_another_has_now_is_known_by_name(site: Site) -> None:
    """Cameras that come by themselves are asked for one by one."""
    site.process("a", "porch").say()
    ours = site.process("b")
    ours.begin()
    assert [ours.registry.elsewhere(camera) for camera in ("porch", "yard")] == [True, False]
