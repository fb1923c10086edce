"""What operators write in YAML: settings, named as the flags, and the files that flags name."""

import re
import reprlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from pydantic_settings import BaseSettings

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from libs.common.settings_secrets import hide_secrets

LARGEST_BYTES = 1 << 20
MOST_MERGED = 100_000
"""Keys that << puts into the maps of one file."""
# A tag with the wrong content (`!!bool x`) makes PyYAML raise whatever comes.
_BROKEN = (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError, yaml.YAMLError)


class ClockTime(int):
    """The number that YAML 1.1 makes of 5:00 without quotes: five times sixty."""


class _Loader(yaml.SafeLoader):
    """YAML in which no key is there twice: the last one would win in silence."""

    merged = 0

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            raise yaml.MarkedYAMLError(problem="a key that is no text")
        keys = Counter(str(key.value) for key, _ in node.value)
        if twice := sorted(key for key, count in keys.items() if count > 1):
            raise yaml.MarkedYAMLError(problem=f"{twice[0]!r} is there twice")
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """What `<<` repeats is counted first: a few lines of it may stand for gigabytes."""
        for value in [value for key, value in node.value if key.tag == "tag:yaml.org,2002:merge"]:
            for part in value.value if isinstance(value, yaml.SequenceNode) else (value,):
                if isinstance(part, yaml.MappingNode):
                    self.flatten_mapping(part)
                    self.merged += len(part.value)
                if self.merged > MOST_MERGED:
                    raise yaml.MarkedYAMLError(problem="too much by <<")
        super().flatten_mapping(node)

    def number(self, node: yaml.ScalarNode) -> float:
        found = self.construct_yaml_int(node) if node.tag.endswith(":int") else self.construct_yaml_float(node)
        return ClockTime(found) if ":" in node.value else found


for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
    _Loader.add_constructor(_tag, _Loader.number)


def read_yaml(path: Path, named: str) -> Any:
    """What stands in a file of at most 1 MiB, unchecked; `named`: the flag that names it.

    Raises SettingsError where it cannot be read, is no YAML, or has a key twice; the text of it is never repeated.
    """
    try:
        return yaml.load(_text(path), _Loader)  # noqa: S506 - a SafeLoader
    except _BROKEN as error:
        raise SettingsError(f"{named} {path}: expected readable YAML ({_what(error)})") from None


def read_file(path: Path, cls: type[BaseSettings], named: str = "--config") -> dict[str, Any]:
    """Field -> value. Raises SettingsError for what is no map of this class's settings; `named`: who named the file."""
    values = read_yaml(path, named)
    if not isinstance(values, dict):
        raise SettingsError(f"{named} {path}: expected a map of settings")
    parts: dict[Any, Any] = {name: values.pop(name) for name in getattr(cls, "file_parts", ()) if name in values}
    return {**read_map(values, cls, f"{named} {path}: "), **parts}


def read_map(values: Mapping[Any, Any], cls: type[BaseModel], where: str) -> dict[str, Any]:
    """Field -> value of a map in a file, names and types checked. Raises SettingsError; `where`: how it begins."""
    known = {dashed(name): name for name in cls.model_fields}
    hide_secrets(cls, {known.get(str(key).replace("_", "-"), ""): value for key, value in values.items()})
    parts = getattr(cls, "file_parts", ())
    found = [
        (known[_key(where, key, known, parts)], _value(where, key, value, known, cls)) for key, value in values.items()
    ]
    names = [name for name, _ in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"{where}{dashed(twice)!r} is there twice")
    return dict(found)


def as_yaml(values: Mapping[str, object]) -> str:
    """The text of a file that says this, in this order."""
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=1000)


def dashed(name: str) -> str:
    """A field's name as it is written on the command line and in the file."""
    return name.rstrip("_").replace("_", "-")


def _text(path: Path) -> str:
    with path.open("rb") as file:
        found = file.read(LARGEST_BYTES + 1)
    if len(found) > LARGEST_BYTES:
        raise ValueError("too large")
    return found.decode()


def _what(error: Exception) -> str:
    """Where it is broken, without its content: a secret may stand there."""
    mark = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.MarkedYAMLError) and mark is None:
        return str(error.problem)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return reason + (f", line {mark.line + 1}" if mark else "")


def _key(where: str, key: Any, known: dict[str, str], parts: Sequence[str] = ()) -> str:
    if (name := str(key).replace("_", "-")) in known:
        return name
    near = get_close_matches(name, [*known, *parts], 1)
    # What is no name may be a secret behind a name without its colon.
    shown = f"{key!r}" if re.fullmatch(r"[\w-]{1,40}", str(key)) else "(no name of one)"
    raise SettingsError(f"{where}unknown setting {shown}" + (f": {near[0]}?" if near else ""))


def _value(where: str, key: Any, value: Any, known: dict[str, str], cls: type[BaseModel]) -> Any:
    field = cls.model_fields[known[_key(where, key, known)]]
    kinds = set(_kinds(field.annotation))
    expected = _expected(value, kinds)
    if expected:
        shown = "" if any("Secret" in str(kind) for kind in kinds) else f" {_shown(value)!r}"
        raise SettingsError(f"{where}{key}{shown}: expected {expected}")
    return value


def _shown(value: Any) -> str:
    """At most 80 characters; of what is nested only the beginning is looked at: aliases may make much of little."""
    return scrub(reprlib.repr(value) if isinstance(value, list | dict) else str(value))[:80]


def _kinds(annotation: Any) -> Iterator[Any]:
    """`Annotated[float | None, …]` is float and None, `tuple[str, ...]` also tuple."""
    inner = get_args(annotation)
    yield getattr(annotation, "__origin__", annotation)
    for each in inner:
        yield from _kinds(each)


def _expected(value: Any, kinds: set[Any]) -> str:
    """What should have been there; empty if the value may be right."""
    if value is None or isinstance(value, str):
        return ""
    if isinstance(value, ClockTime):
        return "it in quotes: without them a time like 5:00 is a number to YAML"
    if bool in kinds:
        return "" if isinstance(value, bool) else "true or false"
    if kinds & {int, float}:
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else "a number"
    if dict in kinds and isinstance(value, dict):
        return ""
    if tuple in kinds and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ""
    return "text or a list of texts, in quotes" if tuple in kinds else "text: put it in quotes"
