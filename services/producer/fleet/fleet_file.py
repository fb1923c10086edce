"""The cameras of a file: `cameras:` says what each is given, `groups:` and `defaults:` what many have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from libs.common.settings_file import dashed, read_map
from services.producer.camera_settings import CameraFlags, camera_name
from services.producer.plan import Plan
from services.producer.plans import plan_of
from services.producer.sources.urls import WEBRTC

PARTS = ("defaults", "groups", "cameras")
NAMED = 20
SOURCES = {"url", "url_file", "plugin"}
PACES = {"fps", "interval"}
Values = dict[str, Any]


class GroupEntry(CameraFlags):
    """What stands in `defaults` and in a group."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CameraEntry(GroupEntry):
    """What stands under a camera's name."""

    group: str | None = None


@dataclass(frozen=True)
class Fleet:
    """All cameras of one file, checked; `files` are read for them, `doubts` are for the operator's eyes."""

    plans: Mapping[str, Plan]
    files: tuple[Path, ...] = ()
    doubts: tuple[str, ...] = ()


def fleet_of(path: Path, parts: Mapping[str, object]) -> Fleet:
    """From the parts of a file of settings. Raises SettingsError: file, camera, key, what came, what was expected."""
    where = f"--config {path}: "
    defaults = _values(parts.get("defaults", {}), GroupEntry, f"{where}defaults")
    groups = {
        _name(name, f"{where}groups"): _values(group, GroupEntry, f"{where}groups, {name}")
        for name, group in _map(parts.get("groups", {}), f"{where}groups").items()
    }
    cameras = _map(parts["cameras"], f"{where}cameras")
    if not cameras:
        raise SettingsError(f"{where}cameras: none there, expected at least one")
    entries = {
        _name(name, f"{where}cameras"): _entry(entry, defaults, groups, f"{where}{name}", path.parent)
        for name, entry in cameras.items()
    }
    plans = {name: _plan(name, entry, f"{where}{name}") for name, entry in entries.items()}
    files = (value for entry in entries.values() for name, value in entry if value and name.endswith("_file"))
    return Fleet(plans, tuple(dict.fromkeys(files)), _doubts(plans))


def _entry(value: object, defaults: Values, groups: Mapping[str, Values], where: str, folder: Path) -> CameraEntry:
    """A camera's own values over those of its group over the defaults."""
    if isinstance(value, str):
        raise SettingsError(f"{where}: expected a map, like {{url: ADDRESS}}, not text")
    own = _values(value, CameraEntry, where)
    group: Values = {}
    if (name := own.get("group")) is not None:
        if name not in groups:
            near = get_close_matches(name, groups, 1)
            raise SettingsError(f"{where}, group {name[:40]!r}: no such group" + (f": {near[0]}?" if near else ""))
        group = groups[name]
    merged = {**_without_rival(_without_rival(defaults, group), own), **_without_rival(group, own), **own}
    entry: CameraEntry = _checked(CameraEntry, {key: _beside(folder, value) for key, value in merged.items()}, where)
    if not (entry.url or entry.url_file or entry.plugin):
        raise SettingsError(f"{where}: expected url:, url-file: or plugin: there or in its group")
    return entry


def _without_rival(lower: Values, upper: Values) -> Values:
    """A secret replaces a file with one, and the other way round; a source replaces another, a pace another."""
    gone = {f"{key}_file" for key in upper} | {key.removesuffix("_file") for key in upper if key.endswith("_file")}
    for rivals in (SOURCES, PACES):
        if upper.keys() & rivals:
            gone |= rivals
    return {key: value for key, value in lower.items() if key not in gone}


def _beside(folder: Path, value: Any) -> Any:
    """Files are looked for where the file of cameras lies."""
    return folder / value if isinstance(value, Path) else value


def _values(value: object, cls: type[GroupEntry], where: str) -> Values:
    """Field -> value, for those that are given."""
    given = read_map(_map(value, where), cls, f"{where}, ")
    checked = _checked(cls, given, where)
    return {name: getattr(checked, name) for name in given}


def _checked(cls: type[Any], values: Values, where: str) -> Any:
    try:
        return cls(**values)
    except SettingsError as error:
        raise SettingsError(f"{where}, {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        text = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
        field = cls.model_fields.get(key)
        secret = field is None or "Secret" in str(field.annotation)
        came = "" if secret else f" {scrub(str(values.get(key)))[:80]!r}"
        raise SettingsError(f"{where}, {dashed(key)}{came}: {text}" if key else f"{where}: {text}") from None


def _plan(name: str, entry: CameraEntry, where: str) -> Plan:
    try:
        plan = plan_of(name, entry)
    except SettingsError as error:
        raise SettingsError(f"{where}, {str(error).removeprefix('--').removeprefix(f'{name}, ')}") from None
    if plan.url == WEBRTC:
        raise SettingsError(f"{where}, url: webrtc is a process of its own: framebus producer webrtc")
    return plan


def _map(value: object, where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        came = "nothing" if value is None else type(value).__name__
        raise SettingsError(f"{where}: expected a map, not {came}")
    return value


def _name(name: object, where: str) -> str:
    """YAML takes `on`, `no` and 7 without quotes for something else than names."""
    if not isinstance(name, str):
        raise SettingsError(f"{where}, {name!s:.40}: expected a name: put it in quotes, to YAML it is none without")
    try:
        return camera_name(name)
    except ValueError as error:
        raise SettingsError(f"{where}, {scrub(name)[:40]!r}: {error}") from None


def _doubts(plans: Mapping[str, Plan]) -> tuple[str, ...]:
    """The same camera under two names may be meant, and may be a slip."""
    names: dict[str, list[str]] = {}
    for name, plan in plans.items():
        names.setdefault(plan.url or name, []).append(name)
    return tuple(f"{', '.join(same[:NAMED])}: the same url" for same in names.values() if len(same) > 1)
