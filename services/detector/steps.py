"""The steps that the settings ask for, in their order."""

from collections.abc import Iterator

from services.detector.annotate import Annotate
from services.detector.camera_health import CameraHealth
from services.detector.choose import Kit
from services.detector.crops import Crops
from services.detector.filters import Filters
from services.detector.lines import Lines
from services.detector.masks import Masks
from services.detector.presence import Presence
from services.detector.step import Step
from services.detector.tracks import Tracks
from services.detector.zones import Zones


def steps(kit: Kit) -> tuple[Step, ...]:
    """New ones for each stage: some remember what a camera saw."""
    return tuple(_steps(kit))


def _steps(kit: Kit) -> Iterator[Step]:
    if rules := kit.settings.rules:
        yield Filters(rules, kit.counts)
    if kit.scenes.entries:
        yield Masks(kit.scenes, kit.counts)
        yield Zones(kit.scenes)
    if kit.settings.tracks:
        yield Tracks(kit.clock, kit.counts)
    yield Presence(kit.clock, kit.counts, kit.settings.debounce, kit.settings.confirm)
    if kit.scenes.entries:
        yield Lines(lambda camera: kit.scenes.of(camera).lines, kit.clock)
    if kit.settings.camera_health:
        yield CameraHealth()
    if topic := kit.settings.draw_topic:
        yield Annotate(topic)
    if topics := kit.settings.crop_topics:
        yield Crops(topics, kit.counts)
