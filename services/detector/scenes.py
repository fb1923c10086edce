"""What is where in a camera's picture, and when it counts: zones, masks, lines and hours, read from a file, checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from libs.common.errors import SettingsError
from libs.common.hours import Hours, hours
from libs.common.names import is_name
from libs.common.polygons import Point, Polygon, point, polygon
from libs.common.settings_checks import camera_globs
from libs.common.settings_file import read_yaml

MOST_NAMES = 64
"""Of zones, of masks and of lines of one camera: a detection has room for so many zones."""

KEYS = ("zones", "masks", "lines", "active", "timezone")
Line = tuple[Point, Point]
T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """One camera's, each by name, in the order of the file."""

    zones: Mapping[str, Polygon] = field(default_factory=dict)
    masks: Mapping[str, Polygon] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)
    hours: Hours | None = None
    """When it is looked at; None: always."""


EMPTY = Scene()


@dataclass(frozen=True, eq=False)
class Scenes:
    """Camera or glob, and its scene: the first entry that matches a camera is its scene, the others do not count."""

    entries: tuple[tuple[str, Scene], ...] = ()

    def of(self, camera: str) -> Scene:
        """An empty one where no entry matches."""
        return _first(self, camera)

    def __str__(self) -> str:
        return "scenes: " + "; ".join(f"{name}: {_summary(scene)}" for name, scene in self.entries)


NO_SCENES = Scenes()


def read_scenes(path: Path) -> Scenes:
    """The file of --scenes: a map of cameras or globs. Raises SettingsError: file, camera, key, what was expected."""
    where = f"--scenes {path}"
    found = read_yaml(path, "--scenes")
    if not isinstance(found, dict) or not found:
        raise SettingsError(f"{where}: expected a map: camera or glob, and what is in its picture")
    entries: list[tuple[str, Scene]] = []
    for key, value in found.items():
        name = _camera(key, where)
        if hidden_by := next((glob for glob, _ in entries if _hides(glob, name)), None):
            raise SettingsError(f"{where}: {name}: never used, {hidden_by} above it matches it; expected it first")
        entries.append((name, _scene(value, f"{where}: {name}")))
    return Scenes(tuple(entries))


@lru_cache(maxsize=1000)
def _first(scenes: Scenes, camera: str) -> Scene:
    return next((scene for glob, scene in scenes.entries if fnmatchcase(camera, glob)), EMPTY)


def _hides(glob: str, name: str) -> bool:
    """Whether an entry leaves nothing for a later one; of two patterns this is not always known."""
    return glob == "*" or (not set(name) & set("*?[") and fnmatchcase(name, glob))


def _camera(name: object, where: str) -> str:
    if not isinstance(name, str):
        raise SettingsError(f"{where}: {name!s:.40}: expected a camera or glob, in quotes where it is a number")
    try:
        camera_globs((name,))
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from None
    return name


def _scene(value: object, where: str) -> Scene:
    if not isinstance(value, dict) or not value:
        raise SettingsError(f"{where}: expected a map with {', '.join(KEYS[:-1])} or {KEYS[-1]}")
    if unknown := [key for key in value if key not in KEYS]:
        raise SettingsError(f"{where}, {unknown[0]!s:.40}: expected {', '.join(KEYS[:-1])} or {KEYS[-1]}")
    has_hours = "active" in value or "timezone" in value
    return Scene(
        zones=_named(value, "zones", polygon, where),
        masks=_named(value, "masks", polygon, where),
        lines=_named(value, "lines", _line, where),
        hours=hours(value.get("active"), value.get("timezone"), where) if has_hours else None,
    )


def _named(scene: Mapping[object, object], key: str, made: Callable[[object, str], T], where: str) -> dict[str, T]:
    """What stands under one key: name -> checked value."""
    if key not in scene:
        return {}
    found = scene[key]
    if not isinstance(found, dict) or not 0 < len(found) <= MOST_NAMES:
        raise SettingsError(f"{where}, {key}: expected a map of 1 to {MOST_NAMES} names")
    return {
        _name(name, f"{where}, {key}"): made(value, f"{where}, {key}, {name!s:.40}") for name, value in found.items()
    }


def _name(name: object, where: str) -> str:
    if not isinstance(name, str) or not is_name(name):
        raise SettingsError(
            f"{where}, {name!s:.40}: expected a name of letters, digits, . _ -, in quotes where YAML takes it for "
            "something else"
        )
    return name


def _line(value: object, where: str) -> Line:
    if not isinstance(value, list) or len(value) != 2:
        raise SettingsError(f"{where}: expected two points [[x, y], [x, y]], all from 0 to 1")
    start, end = (point(each, f"{where}, point {number}") for number, each in enumerate(value, 1))
    if start == end:
        raise SettingsError(f"{where}: both points are the same, expected two different ones")
    return start, end


def _summary(scene: Scene) -> str:
    """`zones door, gate; ...` for people."""
    parts = [
        f"{key} {', '.join(names)}"
        for key, names in (("zones", scene.zones), ("masks", scene.masks), ("lines", scene.lines))
        if names
    ]
    return ", ".join([*parts, *([f"active in {scene.hours.zone}"] if scene.hours else [])])
