"""A table that is kept up to date in a thread, whatever happens to the broker."""

import threading
from collections.abc import Iterator

import pytest

from libs.common import codec, steady
from libs.common.bus import Place, Reader, partition_of
from libs.common.errors import FatalError, FramebusError, TemporaryError
from libs.common.follower import Follower
from libs.common.memory_bus import MemoryBus
from libs.common.messages import Status
from tests.common.kafka_tools import until

TOPIC = "cameras"


class Broker:
    """Answers with a reader, or with what the script says; a text holds it up until it is let go."""

    def __init__(self, *script: FramebusError) -> None:
        self.bus, self.script, self.asked = MemoryBus(), list(script), 0
        self.held: threading.Event | None = None

    def __call__(self) -> Reader:
        self.asked += 1
        if self.held is not None:
            self.held.wait(10)
        if self.script:
            raise self.script.pop(0)
        return self.bus.reader([TOPIC])

    def write(self, camera: str, state: str = "connected") -> None:
        value = codec.encode(Status(camera=camera, state=state, since=1))
        self.bus.append(Place(TOPIC, partition_of(camera, 6)), camera.encode(), value)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Follower]]:
    """Closed at the end; what is tried again is tried at once."""
    monkeypatch.setattr(steady, "RETRY_S", 0.01)
    monkeypatch.setattr(steady, "NO_RIGHT_RETRY_S", 0.01)
    followers: list[Follower] = []
    yield followers
    for each in followers:
        each.close()


def follow(started: list[Follower], broker: Broker) -> Follower:
    started.append(Follower(broker, (Status,)))
    return started[-1]


def test_after_the_first_look_all_is_known(started: list[Follower]) -> None:
    """And what comes later, soon."""
    broker = Broker()
    for n in range(50):
        broker.write(f"c{n}")
    ours = follow(started, broker)
    ours.first_look(10)
    assert ours.trouble is None
    assert len(ours.rows) == 50
    broker.write("porch")
    until(lambda: "porch" in ours.rows)


def test_a_reason_ends_the_first_look_at_once(started: list[Follower], monkeypatch: pytest.MonkeyPatch) -> None:
    """A start is not held up by what is known to be missing; it is tried again."""
    monkeypatch.setattr(steady, "RETRY_S", 10.0)
    ours = follow(started, Broker(TemporaryError("topic cameras is not there")))
    ours.first_look(60)
    assert str(ours.trouble) == "topic cameras is not there"
    assert ours.rows == {}


@pytest.mark.parametrize("error", [TemporaryError("away"), FatalError("no right to read cameras")])
def test_what_could_not_be_read_is_read_later(started: list[Follower], error: FramebusError) -> None:
    """When the broker is there, or the right was given."""
    broker = Broker(error, error)
    broker.write("porch")
    ours = follow(started, broker)
    ours.first_look(10)
    until(lambda: ours.trouble is None)
    assert "porch" in ours.rows
    assert broker.asked == 3


def test_a_broker_that_says_nothing_does_not_hold_up_the_start(started: list[Follower]) -> None:
    """Longer than is allowed for it."""
    broker = Broker()
    broker.held = threading.Event()
    broker.write("porch")
    ours = follow(started, broker)
    ours.first_look(0.05)
    assert str(ours.trouble) == "no answer in time"
    broker.held.set()
    until(lambda: ours.trouble is None)
    assert "porch" in ours.rows


def test_an_outage_keeps_what_is_known(started: list[Follower]) -> None:
    """And goes on afterwards."""
    broker = Broker()
    broker.write("porch")
    ours = follow(started, broker)
    ours.first_look(10)
    broker.bus.down = True
    broker.write("yard")
    assert set(ours.rows) == {"porch"}
    broker.bus.down = False
    until(lambda: "yard" in ours.rows)


def test_one_that_was_never_begun_can_be_closed() -> None:
    """Twice, too."""
    ours = Follower(Broker(), (Status,))
    ours.close()
    ours.close()
