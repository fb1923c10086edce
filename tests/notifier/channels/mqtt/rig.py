"""Channels to a broker, and Home Assistant as far as it reads our messages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from jinja2.sandbox import SandboxedEnvironment

from libs.common.clock import Clock
from libs.common.errors import FramebusError
from libs.common.messages import Status
from libs.common.testing import FakeClock
from services.notifier.channels.mqtt.channel import MqttChannel
from services.notifier.channels.mqtt.settings import MqttSettings
from services.notifier.channels.settings import Tools
from services.notifier.happening import Happening
from tests.notifier.channels.mqtt.mosquitto import Ear, Mosquitto, wait_until

NOW_NS = FakeClock().now_ns()
SECOND_NS = 10**9
_numbers = count()


def status(camera: str = "porch", state: str = "connected", paused: tuple[str, ...] = (), since: int = 1) -> Status:
    return Status(camera=camera, state=state, since=since, paused=paused)


def happening(label: str, kind: str = "started", at_s: float = 0, camera: str = "porch") -> Happening:
    """So many seconds after a fixed moment."""
    at = NOW_NS + round(at_s * SECOND_NS)
    return Happening(f"{camera}/{label}/{kind}/{at_s}", camera, f"detection.{kind}", at, label=label)


@dataclass
class Site:
    """What the channel sees of the bus: statuses that a test sets, orders that the channel gives."""

    statuses: dict[str, Status] = field(default_factory=lambda: {"porch": status()})
    orders: list[tuple[str, bool]] = field(default_factory=list)
    trouble: FramebusError | None = None
    clock: Clock = field(default_factory=FakeClock)

    def order(self, camera: str, paused: bool) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.orders.append((camera, paused))

    def tools(self, folder: Path = Path(), instance: str = "edge") -> Tools:
        return Tools(
            "home", instance, folder, self.clock, lambda topic, message: None, self.order, lambda: dict(self.statuses)
        )

    @contextmanager
    def channel(self, port: int, instance: str = "edge", folder: Path = Path(), **more: Any) -> Iterator[MqttChannel]:
        """Open, and closed in the end."""
        opened = MqttSettings(host="127.0.0.1", port=port, **more).open(self.tools(folder, instance))
        try:
            yield opened
        finally:
            opened.close()


class HomeAssistant:
    """Follows one device: its discovery message, and from the templates in it the states of its entities.

    Templates are rendered with `value_json`, the payload as JSON, as
    https://www.home-assistant.io/docs/configuration/templating/#using-value-templates-with-mqtt has it.
    """

    def __init__(self, ear: Ear, camera: str = "porch") -> None:
        self._ear, self.topic = ear, f"homeassistant/device/framebus__{camera}/config"
        self._render = SandboxedEnvironment().from_string

    @property
    def config(self) -> dict[str, Any]:
        """The newest; empty if it was taken back."""
        found: dict[str, Any] = json.loads(self._ear.wait(self.topic) or b"{}")
        return found

    def states(self) -> dict[str, str]:
        """By component, of those that have one; what is rendered to nothing changes no state."""
        config = self.config
        value = json.loads(self._ear.wait(config["state_topic"]))
        return {
            name: state
            for name, component in config["components"].items()
            if (state := self._render(component.get("value_template", "")).render(value_json=value))
        }

    def available(self) -> bool:
        return self._ear.wait(self.config["availability_topic"]) == b"online"


def device(broker: Mosquitto, camera: str = "porch") -> HomeAssistant:
    """Listens from now on, and knows what was retained."""
    return HomeAssistant(broker.ear(), camera)


def settled(ear: Ear, site: Site) -> None:
    """All that was said so far has been heard, and answered."""
    name = f"last-{next(_numbers)}"
    site.statuses = {**site.statuses, name: status(name)}
    ear.wait(f"framebus/{name}/state")


def becomes(home: HomeAssistant, **states: str) -> None:
    wait_until(lambda: home.states().items() >= states.items(), f"{states}, not {home.states()}")
