"""Makes of the simple flags the same as of a rules.yaml with one rule."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from libs.common.errors import SettingsError
from libs.common.hours import zone_of
from libs.common.scrub import hide_address
from services.notifier.book import Book
from services.notifier.rules.checked import checked
from services.notifier.rules.entries import FileEntry
from services.notifier.rules.made import channel_of, rule_of
from services.notifier.simple.addresses import entry_of
from services.notifier.simple.settings import SimpleFlags

LONGEST_BYTES = 64 << 10
NAMES = {"smtp": "mail"}
"""`type` -> name, where they are not the same."""
RULE = "alarm"


def simple_book(flags: SimpleFlags) -> Book:
    """Raises SettingsError, which names the flag and holds no secret."""
    if flags.timezone is not None:
        zone_of(flags.timezone, "--timezone")
    if flags.viewer_url is not None:
        checked(FileEntry, {"viewer": flags.viewer_url, "channels": {RULE: {}}}, "--viewer-url")
    if flags.alarm and flags.new_label:
        raise SettingsError("--new-label: expected it without --alarm: what is listed is told, or what is not")
    where, addresses = _addresses(flags)
    entries = _named([_entry(address, f"{where}, address {number}") for number, address in enumerate(addresses, 1)])
    channels = {name: channel_of(name, given, flags.timezone, Path()) for name, given in entries.items()}
    return Book(
        rules=(rule_of(_rule(flags, list(channels)), "the flags", channels, flags.timezone),),
        channels=channels,
        timezone=flags.timezone or "UTC",
        viewer=flags.viewer_url or "",
    )


def _rule(flags: SimpleFlags, channels: list[str]) -> Mapping[str, Any]:
    given = {
        "alarm": list(flags.alarm) or None,
        "new_label": list(flags.new_label) or None,
        "active": list(flags.active) or None,
    }
    return {
        "name": RULE,
        "channels": channels,
        "cooldown": flags.cooldown,
        "raw": flags.raw,
        **{name: value for name, value in given.items() if value is not None},
    }


def _addresses(flags: SimpleFlags) -> tuple[str, list[str]]:
    """Where they stand, and what stands there."""
    if flags.to_file is not None:
        where, lines = f"--to-file {flags.to_file}", _lines(flags.to_file)
    else:
        where, lines = "FRAMEBUS_TO", (flags.to.get_secret_value().split() if flags.to is not None else [])
    found = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    for address in found:
        hide_address(address)
    if not found:
        raise SettingsError(f"{where}: expected an address in it")
    return where, found


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_BYTES).decode().splitlines()
    except (OSError, ValueError) as error:
        raise SettingsError(f"--to-file {path}: expected a file that can be read ({type(error).__name__})") from None


def _entry(address: str, where: str) -> dict[str, Any]:
    try:
        return entry_of(address)
    except SettingsError as error:
        raise SettingsError(f"{where}: {error}") from None


def _named(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By what it is, numbered from the second one of the same kind on: the ids of notices hold these names."""
    named: dict[str, dict[str, Any]] = {}
    for entry in entries:
        first = NAMES.get(entry["type"], entry["type"])
        same = sum(1 for name in named if name.rstrip("0123456789") == first)
        named[first + (str(same + 1) if same else "")] = entry
    return named
