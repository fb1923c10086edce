"""The switch for alerts: what is an order, and what is none."""

import json
from collections.abc import Callable

import pytest

from libs.common.errors import TemporaryError
from services.notifier.channels.mqtt.channel import MqttChannel
from tests.notifier.channels.mqtt.mosquitto import Mosquitto, wait_until
from tests.notifier.channels.mqtt.rig import Site, becomes, device, settled

STATE, SET = "framebus/porch/state", "framebus/porch/alerts/set"


def test_the_switch_gives_an_order_and_waits_for_the_status(
    broker: Mosquitto, opened: Callable[..., MqttChannel]
) -> None:
    """Off pauses, on resumes; what it shows is what the camera says."""
    site = Site()
    opened(site, broker)
    home = device(broker)
    becomes(home, alerts="ON")
    topic = home.config["components"]["alerts"]["command_topic"]
    for payload, paused in (("OFF", True), ("ON", False)):
        broker.say(topic, payload)
        wait_until(lambda paused=paused: site.orders[-1:] == [("porch", paused)], "the order")
        assert home.states()["alerts"] == "ON"


def test_nothing_else_is_an_order(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Only ON and OFF, to a camera that there is."""
    site = Site()
    opened(site, broker)
    broker.ear().wait(STATE)
    for payload in (b"", b"on", b"OFF ", b"off", b"TRUE", b"\x00", b"ON\x00", b"{}", b"\xff" * 9, b"OFF" * 100_000):
        broker.say(SET, payload)
    for name in ("garage", "a b", "é", "x" * 200, "..", "porch/porch", ""):
        broker.say(f"framebus/{name}/alerts/set", b"OFF")
    for topic in ("framebus/alerts/set", "framebus/porch/detection/set", "framebus/porch/alerts"):
        broker.say(topic, b"OFF")
    broker.say(SET, "ON")
    wait_until(lambda: site.orders, "the order behind them")
    assert site.orders == [("porch", False)]


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_an_order_that_was_left_there_is_an_old_one(
    broker: Mosquitto, opened: Callable[..., MqttChannel], protocol: str
) -> None:
    """Retained: it is not done at a start, nor after an outage."""
    site = Site()
    broker.say(SET, "OFF", "-r")
    opened(site, broker, protocol=protocol)
    settled(broker.ear(), site)
    broker.restart()
    settled(broker.ear(), site)
    broker.say(SET, "ON")
    wait_until(lambda: site.orders, "an order")
    assert site.orders == [("porch", False)]


def test_an_order_that_cannot_be_given_puts_the_switch_back(
    broker: Mosquitto, opened: Callable[..., MqttChannel]
) -> None:
    """The state is told again; nothing is done later."""
    site = Site(trouble=TemporaryError("no broker"))
    opened(site, broker)
    ear = broker.ear()
    ear.wait(STATE)
    before = len(ear.of(STATE))
    broker.say(SET, "OFF")
    assert json.loads(ear.wait(STATE, before + 1))["alerts"] == "ON"
    site.trouble = None
    settled(ear, site)
    assert site.orders == []
