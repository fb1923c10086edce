"""Rules and channels, made from their parts of the file."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from libs.common.errors import SettingsError
from libs.common.hours import hours, zone_of
from libs.common.names import is_name
from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.channel_types import settings_of
from services.notifier.rules.checked import checked, known
from services.notifier.rules.entries import RuleEntry
from services.notifier.rules.rule import Rule
from services.notifier.rules.secrets import check_secrets
from services.notifier.rules.stamps import files_of, stamp


def rule_of(given: Mapping[str, Any], where: str, channels: Collection[str], timezone: str | None) -> Rule:
    """`timezone`: that of the file. Raises SettingsError, one line that begins with `where`."""
    entry = checked(RuleEntry, given, where)
    for name in entry.channels:
        known(name, list(channels), f"{where}, channels", "channel")
    for key in ("channels", "kinds", "cameras", "alarm", "new_label", "zones"):
        _each_once(getattr(entry, key) or (), f"{where}, {key}")
    active, zone = entry.active, timezone if entry.timezone is None else entry.timezone
    if entry.timezone is not None and active is None:
        raise SettingsError(f"{where}, timezone: unused without active")
    return Rule(
        name=entry.name,
        channels=entry.channels,
        kinds=entry.kinds,
        cameras=entry.cameras,
        alarm=_lower(entry.alarm),
        new_label=_lower(entry.new_label),
        zones=frozenset(entry.zones),
        count=entry.count,
        confidence=entry.confidence,
        active=hours(list(active), zone, where) if active is not None else None,
        cooldown_s=entry.cooldown,
        urgent=entry.urgent,
        raw=entry.raw,
        picture=entry.picture,
        boxes=entry.boxes,
        clip=entry.clip,
    )


def channel_of(name: str, given: Any, timezone: str | None, folder: Path) -> ChannelSettings:
    """`folder`: where relative paths begin. Raises SettingsError, one line that begins with the channel's name.

    Equal to another one only as long as the files that it names are the same, too.
    """
    if not is_name(name):
        raise SettingsError(f"channel {name[:40]!r}: expected a name of letters, digits, _ . -, 64 at most")
    where = f"channel {name}"
    if not isinstance(given, dict):
        raise SettingsError(f"{where}: expected a map with its type")
    settings = checked(settings_of(given.get("type"), where), given, where)
    if settings.timezone is not None:
        zone_of(settings.timezone, f"{where}, timezone")
    if settings.quiet:
        hours(list(settings.quiet), timezone if settings.timezone is None else settings.timezone, where, "quiet")
    files = stamp(files_of(settings, folder))
    try:
        check_secrets(settings, folder)
    except SettingsError as error:
        raise SettingsError(f"{where}, {error}") from None
    return settings.with_files(files)


def _lower(labels: Collection[str] | None) -> frozenset[str] | None:
    return None if labels is None else frozenset(label.lower() for label in labels)


def _each_once(names: Collection[str], where: str) -> None:
    """Twice the same is a slip: something else was meant."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise SettingsError(f"{where}: {name[:64]!r} is there twice")
        seen.add(name)
