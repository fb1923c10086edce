"""Home Assistant's documented schema of device discovery, for the platforms that we use, as a table.

Written down from https://github.com/home-assistant/home-assistant.io, source/_integrations: mqtt.markdown ("Device
discovery payload", "Discovery topic"), binary_sensor.mqtt.markdown, switch.mqtt.markdown, image.mqtt.markdown; and
https://github.com/home-assistant/core, homeassistant/components/mqtt/schemas.py (DEVICE_DISCOVERY_SCHEMA). Home
Assistant ignores keys that it does not know; here they are wrong, for they would be a mistake of ours.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

Check = Callable[[Any], bool]

BINARY_SENSOR_CLASSES = ("connectivity", "motion", "moving", "occupancy", "opening", "presence", "problem", "running")
"""Of the two dozen there are."""
CONFIG_TOPIC = re.compile(r"homeassistant/device/[a-zA-Z0-9_-]+/config")


def text(value: Any) -> bool:
    return isinstance(value, str)


def topic(value: Any) -> bool:
    """What can be published to: MQTT 5, 4.7; Home Assistant refuses control characters too."""
    return text(value) and 0 < len(value.encode()) <= 65535 and not re.search(r"[+#\x00-\x1f\x7f-\x9f]", value)


def template(value: Any) -> bool:
    """Jinja2 takes it."""
    try:
        return text(value) and bool(SandboxedEnvironment().from_string(value))
    except TemplateSyntaxError:
        return False


def one_of(*values: object) -> Check:
    return lambda value: value in values


def icon(value: Any) -> bool:
    return text(value) and ":" in value


def texts(value: Any) -> bool:
    """A text, or a list of them."""
    return text(value) or (isinstance(value, list) and bool(value) and all(map(text, value)))


DEVICE: Mapping[str, Check] = {
    "identifiers": texts,
    **dict.fromkeys(
        ("name", "manufacturer", "model", "model_id", "serial_number", "hw_version", "sw_version", "suggested_area"),
        text,
    ),
}
ORIGIN: Mapping[str, Check] = {"name": text, "sw_version": text, "support_url": text}
SHARED: Mapping[str, Check] = {"availability_topic": topic, "state_topic": topic, "qos": one_of(0, 1, 2)}
ENTITY: Mapping[str, Check] = {
    "platform": text,
    "name": text,
    "unique_id": text,
    "icon": icon,
    "entity_category": one_of("config", "diagnostic"),
    **SHARED,
}
PLATFORMS: Mapping[str, tuple[Mapping[str, Check], set[str]]] = {
    "binary_sensor": (
        {**ENTITY, "device_class": one_of(*BINARY_SENSOR_CLASSES), "value_template": template},
        {"state_topic"},
    ),
    "switch": ({**ENTITY, "command_topic": topic, "value_template": template}, {"command_topic"}),
    "image": ({**ENTITY, "image_topic": topic, "content_type": text}, {"image_topic"}),
}
"""Of each platform what it may have, and what it needs."""


def faults(config_topic: str, config: Mapping[str, Any]) -> list[str]:
    """Where a discovery message is not as documented; empty if it is."""
    found = [] if CONFIG_TOPIC.fullmatch(config_topic) else [f"topic {config_topic}"]
    root = {**SHARED, "device": _is_map, "origin": _is_map, "components": _is_map}
    found += _wrong("", config, root, {"device", "origin", "components"})
    found += _wrong("device.", config["device"], DEVICE, {"identifiers"})
    found += _wrong("origin.", config["origin"], ORIGIN, {"name"})
    shared = {key: value for key, value in config.items() if key in SHARED}
    for name, component in config["components"].items():
        found += _component(name, component, shared)
    ids = [component["unique_id"] for component in config["components"].values() if "unique_id" in component]
    return found + ["the same unique_id twice"] * (len(ids) != len(set(ids)))


def _component(name: str, component: Mapping[str, Any], shared: Mapping[str, Any]) -> list[str]:
    """One with nothing but its platform is taken back; every other entity needs a unique_id."""
    known, needed = PLATFORMS[component["platform"]]
    if len(component) == 1:
        return []
    mine = shared if "state_topic" in needed else {}
    return _wrong(f"{name}.", {**mine, **component}, known, needed | {"unique_id"})


def _wrong(where: str, given: Mapping[str, Any], known: Mapping[str, Check], needed: set[str]) -> list[str]:
    wrong = [f"{where}{key}: {value!r}" for key, value in given.items() if key not in known or not known[key](value)]
    return wrong + [f"{where}{key} is missing" for key in needed - given.keys()]


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)
