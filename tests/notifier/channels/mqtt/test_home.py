"""Cameras as Home Assistant sees them, at a real broker: present, orders, outages, other copies, hostile neighbours."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.common.testing import FakeClock
from services.notifier.channels.mqtt.cameras import GONE_AFTER_S
from services.notifier.channels.mqtt.channel import MqttChannel
from tests.notifier.channels.mqtt.documented import faults
from tests.notifier.channels.mqtt.mosquitto import Mosquitto, wait_until
from tests.notifier.channels.mqtt.rig import Site, becomes, device, happening, settled, status
from tests.notifier.channels.notes import JPEG, note

CONFIG, STATE, SET = "homeassistant/device/framebus__porch/config", "framebus/porch/state", "framebus/porch/alerts/set"
HOSTILE = ("a+b", "a#", "a/b", "+", "#", "$sys/#", "😀", "人" * 64, "a b", 'a"b', "{{ x }}")


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_camera_is_a_device_with_its_entities(
    broker: Mosquitto, opened: Callable[..., MqttChannel], protocol: str
) -> None:
    """As documented; on while something is in sight, of each label and of all together."""
    channel, home = opened(Site(), broker, protocol=protocol), device(broker)
    becomes(home, connectivity="ON", motion="OFF", alerts="ON")
    channel.observe(happening("person", at_s=0))
    channel.observe(happening("dog", at_s=1))
    becomes(home, motion="ON", label__person="ON", label__dog="ON")
    channel.observe(happening("person", "ended", at_s=2))
    becomes(home, motion="ON", label__person="OFF", label__dog="ON")
    channel.observe(happening("dog", "ended", at_s=3))
    becomes(home, motion="OFF", label__person="OFF", label__dog="OFF")
    assert faults(home.topic, home.config) == []
    assert home.available()


def test_all_of_it_is_retained(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Home Assistant may start later than we do."""
    site = Site()
    channel, ear = opened(site, broker), broker.ear()
    channel.observe(happening("person"))
    ear.wait(STATE)
    settled(ear, site)
    assert {CONFIG, STATE, "framebus/available"} <= broker.retained().keys()


def test_the_status_of_a_camera_is_followed(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Connection, and alerts that somebody paused elsewhere."""
    site = Site()
    opened(site, broker)
    home = device(broker)
    becomes(home, connectivity="ON", alerts="ON")
    site.statuses["porch"] = status(state="disconnected", paused=("alerts",))
    becomes(home, connectivity="OFF", alerts="OFF")


@pytest.mark.parametrize("persistent", [True, False])
def test_after_an_outage_all_is_told_again(
    brokers: Callable[..., Mosquitto], opened: Callable[..., MqttChannel], persistent: bool
) -> None:
    """Also what happened in it, and to a broker that has forgotten everything."""
    broker = brokers(persistent=persistent)
    channel, home = opened(Site(), broker), device(broker)
    channel.observe(happening("person", at_s=0))
    becomes(home, label__person="ON")
    broker.stop()
    channel.observe(happening("person", "ended", at_s=1))
    channel.observe(happening("dog", at_s=2))
    broker.start()
    home = device(broker)
    wait_until(lambda: home.available() and home.states().get("label__dog") == "ON", "the dog")
    becomes(home, motion="ON", label__person="OFF", label__dog="ON")
    assert faults(home.topic, home.config) == []


def test_after_our_own_restart_it_is_as_before(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """The broker remembers for us: the person is still there, and leaves."""
    site = Site()
    with site.channel(broker.port) as channel:
        home = device(broker)
        channel.observe(happening("person", at_s=0))
        becomes(home, motion="ON")
    wait_until(lambda: not home.available(), "offline")
    site.statuses["porch"] = status(state="disconnected")
    channel = opened(site, broker)
    becomes(home, connectivity="OFF", motion="ON", label__person="ON")
    channel.observe(happening("person", "ended", at_s=1))
    becomes(home, motion="OFF", label__person="OFF")
    wait_until(home.available, "online")


def test_home_assistant_that_starts_is_told_again(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Its birth message; that it goes, or an old birth, is no reason."""
    broker.say("homeassistant/status", "online", "-r")
    site = Site()
    opened(site, broker)
    ear = broker.ear()
    ear.wait(CONFIG)
    broker.say("homeassistant/status", "offline")
    settled(ear, site)
    assert len(ear.of(CONFIG)) == 1
    broker.say("homeassistant/status", "online")
    ear.wait(CONFIG, 2)
    ear.wait(STATE, 2)


def test_a_camera_that_is_gone_goes_there_too(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Entities, state, and the last picture."""
    clock = FakeClock()
    site = Site(clock=clock, statuses={"porch": status(), "garage": status("garage")})
    channel, ear = opened(site, broker, last_picture=True), broker.ear()
    channel.send(note(jpeg=JPEG))
    ear.wait(STATE)
    settled(ear, site)
    assert "framebus/porch/picture" in broker.retained()
    del site.statuses["porch"]
    settled(ear, site)
    clock.advance(GONE_AFTER_S)
    wait_until(lambda: ear.of(CONFIG)[-1] == ear.of(STATE)[-1] == b"", "empty messages")
    wait_until(lambda: not [topic for topic in broker.retained() if "porch" in topic], "nothing of it")
    assert "framebus/garage/state" in broker.retained()


def test_any_label_gets_a_sensor_and_none_a_topic(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Whatever signs it has."""
    channel, home = opened(Site(), broker), device(broker)
    for at_s, label in enumerate(HOSTILE):
        channel.observe(happening(label, at_s=at_s))
    wait_until(lambda: len(home.states()) == 3 + len(HOSTILE), "a sensor for each")
    assert {state for name, state in home.states().items() if name.startswith("label__")} == {"ON"}
    assert faults(home.topic, home.config) == []
    topics = {"test/ready", "framebus/available", "framebus/porch/picture", CONFIG, STATE}
    assert {each.topic for each in home._ear.heard} <= topics


def test_what_is_no_label_is_not_shown(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """It harms nobody."""
    channel, home = opened(Site(), broker), device(broker)
    for label in ("", "A", "a\x00", "a" * 65, "a" * 10_000, None):
        channel.observe(replace(happening("x"), label=label))
    channel.observe(happening("person"))
    becomes(home, label__person="ON")
    assert len(home.states()) == 4


def test_a_flood_is_told_in_few_words(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """A thousand changes at once: nobody is held up, the last state counts."""
    site = Site()
    channel, home = opened(site, broker), device(broker)
    becomes(home, motion="OFF")
    started_s = time.monotonic()
    for number in range(1000):
        channel.observe(happening(f"label {number // 2 % 100}", ("started", "ended")[number % 2], at_s=number))
    channel.observe(happening("label 0", at_s=2000))
    assert time.monotonic() - started_s < 2
    becomes(home, motion="ON")
    settled(home._ear, site)
    assert list(home.states().values()).count("ON") == 4
    assert len(home._ear.of(STATE)) < 30


def test_two_copies_show_the_same(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """Each sees some of the cameras; one that goes takes nothing with it, and the other says that it is there."""
    first, second = Site(), Site()
    with first.channel(broker.port, instance="a") as one:
        two, home = opened(second, broker, instance="b"), device(broker)
        one.observe(happening("person", at_s=0))
        becomes(home, motion="ON")
        two.observe(happening("person", "ended", at_s=1))
        becomes(home, motion="OFF")
    wait_until(lambda: home._ear.of("framebus/available")[-2:] == [b"offline", b"online"], "the other one to answer")
    two.observe(happening("dog", at_s=2))
    becomes(home, label__person="OFF", label__dog="ON")


def test_other_settings_take_over_without_a_gap(broker: Mosquitto, opened: Callable[..., MqttChannel]) -> None:
    """rules.yaml has changed: the new channel is opened before the old one is closed, under the same client id."""
    site = Site()
    with site.channel(broker.port) as old:
        home = device(broker)
        old.observe(happening("person", at_s=0))
        becomes(home, motion="ON")
        new = opened(site, broker, labels=5)
    settled(home._ear, site)
    wait_until(home.available, "online")
    new.observe(happening("person", "ended", at_s=1))
    becomes(home, motion="OFF", label__person="OFF")


def test_who_writes_nonsense_to_our_topics_changes_nothing(
    broker: Mosquitto, opened: Callable[..., MqttChannel], caplog: pytest.LogCaptureFixture
) -> None:
    """The state is ours; whoever empties or overwrites it is put right with the next change at the latest."""
    site = Site()
    channel, home = opened(site, broker), device(broker)
    becomes(home, motion="OFF")
    for payload in (b"nonsense", b"{}", b"[" * 50_000, b'{"labels": {"a": 1}}', b"\xff", b"x" * 300_000, b""):
        broker.say(STATE, payload, "-r")
        broker.say("framebus/stranger/state", payload, "-r")
        broker.say("framebus/available", payload, "-r")
    wait_until(lambda: home._ear.of(STATE)[-1].startswith(b'{"connectivity"'), "the state again")
    channel.observe(happening("person"))
    becomes(home, motion="ON", label__person="ON")
    settled(home._ear, site)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
