"""What YAML makes of a file that people wrote, down to text, numbers, lists and maps: bounded, and nothing else."""

import re
from math import isfinite
from typing import Any

from libs.common.errors import SettingsError
from libs.common.settings_file import ClockTime

MOST, VALUE = 3 << 20, 4
"""So many characters, and four for each value: no file of a mebibyte comes near it without aliases, of which a few
lines may stand for gigabytes.
"""
DEEPEST = 16
ONE_OF = {", rules": ", rule", ", channels": ", channel"}


def bounded(value: Any) -> Any:
    """The same value. Raises SettingsError where there is more in it than a file without aliases can hold."""
    left, waiting = MOST, [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str | list | dict):
            left -= len(each) if isinstance(each, str) else VALUE * len(each)
        if left < 0:
            raise SettingsError("too much by its aliases, expected no more than 1 MiB of text could say without")
        if isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each
    return value


def plain(value: Any, where: str = "", depth: int = 0) -> Any:
    """The same bounded value, checked. Raises SettingsError: where, and what was expected; never what stood there."""
    if depth > DEEPEST:
        raise SettingsError(f"too deep, expected {DEEPEST} levels at most")
    if isinstance(value, dict):
        return {_key(key, where): plain(each, _inside(where, _named(key)), depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each, _item(where, number, each), depth + 1) for number, each in enumerate(value, 1)]
    if wrong := _wrong(value):
        raise SettingsError(said(where, wrong))
    return value


def said(where: str, text: str) -> str:
    """`rule night, count: expected ...`; of the file itself no place comes first."""
    place = where.removeprefix(", ")
    return f"{place}: {text}" if place else text


def is_short(name: object) -> bool:
    """Fit to be shown in an error."""
    return isinstance(name, str) and 0 < len(name) <= 64 and name.isprintable()


def _item(where: str, number: int, value: Any) -> str:
    """By its name, if it has one."""
    name = value.get("name") if isinstance(value, dict) else None
    return _inside(where, str(name)) if is_short(name) else ONE_OF.get(where, where) + f" {number}"


def _inside(where: str, name: str) -> str:
    return f"{ONE_OF[where]} {name}" if where in ONE_OF else f"{where}, {name}"


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        wrong = "expected a name: put it in quotes, to YAML it is none without"
        raise SettingsError(said(f"{where}, {_named(key)}", wrong))
    return key


def _named(key: Any) -> str:
    """What is no name may be a secret behind a name without its colon."""
    return str(key) if re.fullmatch(r"[\w.-]{1,64}", str(key)) else "(no name of one)"


def _wrong(value: Any) -> str:
    """What was expected instead; empty if it may be right."""
    if isinstance(value, ClockTime):
        return "expected it in quotes: without them a time like 5:00 is a number to YAML"
    if isinstance(value, float) and not isfinite(value):
        return f"expected a number, not {value}"
    if not isinstance(value, str | int | float | None):
        return f"expected text in quotes, a number, a list or a map, not what YAML calls {type(value).__name__}"
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        return "expected text, not half a character"
    return ""
