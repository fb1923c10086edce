"""Reads rules.yaml: all of it is checked before any of it counts."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from libs.common.errors import SettingsError
from libs.common.hours import zone_of
from libs.common.settings_file import read_yaml
from services.notifier.book import Book
from services.notifier.plain_text import safe_line
from services.notifier.rules.bounded import bounded, is_short, plain
from services.notifier.rules.checked import checked
from services.notifier.rules.entries import FileEntry, TextsEntry
from services.notifier.rules.made import channel_of, rule_of
from services.notifier.rules.rule import Rule

FLAG = "--rules"
LONGEST_ERROR = 2000
Check = Callable[[Book], None]


def any_texts(book: Book) -> None:
    """No template is looked at."""


def read_book(path: Path, check_texts: Check = any_texts) -> Book:
    """All of a rules.yaml. `check_texts` raises SettingsError for a template that cannot be used.

    Raises SettingsError, in one line: the file, the rule or channel, the key, what came and what was expected; never a
    secret.
    """
    if path.exists() and not path.is_file():
        raise SettingsError(f"{FLAG} {path}: expected a file")
    found = read_yaml(path, FLAG)
    try:
        book = _book(found, path.parent)
        check_texts(book)
    except SettingsError as error:
        raise SettingsError(f"{FLAG} {path}: {safe_line(str(error), LONGEST_ERROR)}") from None
    return book


def _book(found: Any, folder: Path) -> Book:
    if not isinstance(found, dict):
        raise SettingsError("expected a map with channels: and rules:")
    file = checked(FileEntry, plain(bounded(found)), "")
    if file.timezone is not None:
        zone_of(file.timezone, "timezone")
    channels = {name: channel_of(name, given, file.timezone, folder) for name, given in file.channels.items()}
    rules = tuple(_rules(file, channels))
    if not rules and not any(settings.watches for settings in channels.values()):
        raise SettingsError("rules: expected at least one, else nobody is told anything")
    return Book(
        rules=rules,
        channels=channels,
        timezone=file.timezone or "UTC",
        site=file.site,
        viewer=file.viewer,
        texts=checked(TextsEntry, file.texts, "texts").model_dump(exclude_none=True),
    )


def _rules(file: FileEntry, channels: Mapping[str, object]) -> Iterator[Rule]:
    names: set[str] = set()
    for number, given in enumerate(file.rules, 1):
        name = given.get("name")
        rule = rule_of(given, f"rule {name}" if is_short(name) else f"rule {number}", channels, file.timezone)
        if rule.name in names:
            raise SettingsError(f"rule {number}, name: {rule.name!r} is there twice, expected each once")
        names.add(rule.name)
        yield rule
