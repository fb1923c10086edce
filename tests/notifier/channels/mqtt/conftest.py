"""A broker for each test that asks for one. Without mosquitto they are left out, saying how to get it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from services.notifier.channels.mqtt import home, link
from services.notifier.channels.mqtt.channel import MqttChannel
from tests.notifier.channels.mqtt.mosquitto import Mosquitto, Wire


@pytest.fixture(scope="session")
def needs_mosquitto() -> None:
    """Leaves the test out where the broker or its two programs are not installed."""
    if not all(map(shutil.which, ("mosquitto", "mosquitto_sub", "mosquitto_pub"))):
        pytest.skip("needs mosquitto: apt-get install -y mosquitto mosquitto-clients")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """On this machine a broker answers in milliseconds: what waits for it, or for others, waits for less."""
    for module, name, seconds in (
        (home, "TICK_S", 0.05),
        (home, "PACE_S", 0.02),
        (home, "QUIET_S", 0.15),
        (link, "SHORTEST_S", 0.1),
        (link, "LONGEST_S", 0.2),
    ):
        monkeypatch.setattr(module, name, seconds)


@pytest.fixture
def brokers(needs_mosquitto: None, tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Starts brokers, as `Mosquitto` takes it."""
    made: list[Mosquitto] = []

    def start(**settings: Any) -> Mosquitto:
        made.append(Mosquitto(tmp_path, **settings))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.close()


@pytest.fixture
def broker(brokers: Callable[..., Mosquitto]) -> Mosquitto:
    """Takes everybody, keeps what is retained."""
    return brokers()


@pytest.fixture
def wire(broker: Mosquitto) -> Iterator[Wire]:
    """To the broker."""
    made = Wire(broker.port)
    yield made
    made.close()


@pytest.fixture
def opened() -> Iterator[Callable[..., MqttChannel]]:
    """Channels of a site at a broker: `opened(site, broker, ...)`."""
    with ExitStack() as stack:
        yield lambda site, broker, **more: stack.enter_context(site.channel(broker.port, **more))
