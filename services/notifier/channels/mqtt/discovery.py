"""What Home Assistant is told of a camera: one device with its entities, in one retained message.

Device discovery: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload; what each
platform takes: https://www.home-assistant.io/integrations/binary_sensor.mqtt/, switch.mqtt, image.mqtt.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from services.notifier.channels.mqtt.names import Topics, slug

Component = Mapping[str, object]


@dataclass(frozen=True)
class Discovery:
    """`arm`: a switch for alerts; `picture`: the last one as an image; `labels`: sensors for so many, at most."""

    topics: Topics
    arm: bool
    picture: bool
    labels: int

    def payload(self, camera: str, labels: Iterable[str]) -> bytes:
        """JSON."""
        device = self.topics.device(camera)
        config = {
            "device": {"identifiers": [device], "name": camera, **_maker(), "model": "camera"},
            "origin": {"name": "framebus", "sw_version": _version()},
            "availability_topic": self.topics.available,
            "state_topic": self.topics.of(camera, "state"),
            "qos": 1,
            "components": {
                name: {**component, "unique_id": f"{device}__{name}"} if len(component) > 1 else component
                for name, component in self._components(camera, labels).items()
            },
        }
        return json.dumps(config, ensure_ascii=False, separators=(",", ":")).encode()

    def _components(self, camera: str, labels: Iterable[str]) -> dict[str, Component]:
        fixed = {
            "connectivity": _sensor(
                "Connection", "connectivity", "value_json.connectivity", entity_category="diagnostic"
            ),
            "motion": _sensor("Motion", "motion", "value_json.motion"),
            "alerts": self._switch(camera) if self.arm else _none("switch"),
            "picture": self._image(camera) if self.picture else _none("image"),
        }
        return fixed | {
            f"label__{slug(label)}": _sensor(f"{label} in sight", "occupancy", _state_of(slug(label)))
            for label in labels
        }

    def _switch(self, camera: str) -> Component:
        return {
            "platform": "switch",
            "name": "Alerts",
            "icon": "mdi:bell",
            "value_template": "{{ value_json.alerts }}",
            "command_topic": self.topics.of(camera, "alerts/set"),
        }

    def _image(self, camera: str) -> Component:
        topic = self.topics.of(camera, "picture")
        return {"platform": "image", "name": "Last picture", "image_topic": topic, "content_type": "image/jpeg"}


def _sensor(name: str, device_class: str, value: str, **more: str) -> Component:
    found = f"{{{{ {value} }}}}"
    return {"platform": "binary_sensor", "name": name, "device_class": device_class, "value_template": found, **more}


def _state_of(name: str) -> str:
    """Empty, which Home Assistant passes over, where the state does not have it: another copy may have told it."""
    return f"(value_json.labels['{name}'] | default({{}})).state | default('')"


def _none(platform: str) -> dict[str, Any]:
    """Takes it back, if it was there: the choice may have been another before."""
    return {"platform": platform}


def _maker() -> dict[str, str]:
    return {"manufacturer": "framebus", "sw_version": _version()}


def _version() -> str:
    try:
        return version("framebus")
    except PackageNotFoundError:
        return "unknown"
