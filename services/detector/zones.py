"""Named areas of a picture: says of everything found in which of them it stands."""

from libs.common.messages import Box, replace
from services.detector.areas import contains, foot
from services.detector.scenes import Scene, Scenes
from services.detector.step import Sighting, Step


def zones_at(scene: Scene, box: Box) -> tuple[str, ...]:
    """The zones that hold the foot of this box, in the order of the file."""
    at = foot(box)
    return tuple(name for name, zone in scene.zones.items() if contains(zone, at))


class Zones(Step):
    """Sets `zones` of every detection of a camera that has any."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes

    def take(self, sighting: Sighting) -> None:
        scene = self._scenes.of(sighting.frame.camera)
        if not scene.zones:
            return
        for look in sighting.looks:
            look.found = [replace(each, zones=zones_at(scene, each.box)) for each in look.found]
