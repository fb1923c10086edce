"""Cameras as the channel keeps them, without a thread and without a broker."""

import json

from services.notifier.channels.mqtt.cameras import Cameras
from services.notifier.channels.mqtt.client import Post
from services.notifier.channels.mqtt.discovery import Discovery
from services.notifier.channels.mqtt.names import Topics
from services.notifier.channels.mqtt.scene import Scene, Sight, moment
from tests.notifier.channels.mqtt.rig import NOW_NS, SECOND_NS, status

PORCH = {"porch": status()}


def cameras(by: str = "edge", labels: int = 32) -> Cameras:
    return Cameras(Discovery(Topics("framebus", "homeassistant"), True, True, labels), by)


def shown(by: str = "edge", labels: int = 32) -> Cameras:
    """The porch is there, and told."""
    made = cameras(by, labels)
    made.look(PORCH, 0)
    made.take(1)
    return made


def sight(label: str = "person", state: str = "ON", at_s: float = 0) -> Sight:
    return Sight(label=label, state=state, since=moment(NOW_NS + round(at_s * SECOND_NS)))


def state_of(*sights: Sight, by: str = "another") -> bytes:
    scene = Scene()
    for each in sights:
        scene.saw(each)
    return scene.payload(by)


def topics(told: dict[str, list[Post]]) -> list[str]:
    return [post.topic for posts in told.values() for post in posts]


def state(told: dict[str, list[Post]]) -> dict[str, object]:
    found: dict[str, object] = json.loads(told["porch"][-1].payload)
    return found
