"""A map of a file becomes an instance of its class, or one line that says what is wrong with it."""

import json
import re
import reprlib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from libs.common.settings_secrets import hide_secrets
from services.notifier.rules.bounded import said

LONGEST = 80
MANY = (tuple, frozenset, set, list)
SECRETIVE = re.compile(r"pass|token|secret|key|url|address|auth", re.IGNORECASE)
"""What stands under such names is never repeated, whatever its type."""

EXPECTED = {
    "missing": "expected it",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "string_type": "expected text: put it in quotes",
    "path_type": "expected text: put it in quotes",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "frozen_set_type": "expected a list",
    "dict_type": "expected a map",
    "model_type": "expected a map",
    "greater_than_equal": "expected at least {ge:g}",
    "greater_than": "expected more than {gt:g}",
    "less_than_equal": "expected at most {le:g}",
    "less_than": "expected less than {lt:g}",
    "too_short": "expected at least {min_length}",
    "too_long": "expected at most {max_length}",
    "string_too_short": "expected text",
    "string_too_long": "expected at most {max_length} characters",
}
"""By pydantic's names of what is wrong."""

M = TypeVar("M", bound=BaseModel)
Fields = Mapping[str, FieldInfo]
"""By the name that a file has for them."""


def checked(cls: type[M], given: Mapping[str, Any], where: str) -> M:
    """An instance made from plain values; keys may have dashes. Raises SettingsError, which begins with `where`.

    Types are strict: no text for a number, no number for text. One value may stand for a list of one.
    """
    fields = {field.alias or name: field for name, field in cls.model_fields.items()}
    values = _by_key(fields, given, where)
    hide_secrets(cls, values)
    for key, value in values.items():
        if value is None and (fields[key].default is None or not _takes_nothing(fields[key].annotation)):
            raise SettingsError(said(f"{where}, {key}", "nothing came, expected a value, or no such line"))
        if not isinstance(value, list | dict | None) and _takes_many(fields[key].annotation):
            values[key] = [value]
    try:
        return cls.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = _place(fields, values, first["loc"])
        raise SettingsError(said(where + place, _expected(first))) from None


def known(name: str, names: Sequence[str], where: str, what: str) -> None:
    """Raises SettingsError where it is none of these, with the one that was probably meant."""
    if name not in names:
        near = [each for each in names if name and each.startswith(name)] or get_close_matches(name, names, 1)
        # What is no name may be a secret behind a name without its colon.
        came = repr(name) if re.fullmatch(r"[\w.-]{1,40}", name) else "(no name of one)"
        raise SettingsError(said(where, f"unknown {what} {came}" + (f", {near[0]}?" if near else "")))


def shown(value: Any) -> str:
    """What came, shortened, without the secrets that are known."""
    return scrub(repr(value) if isinstance(value, str) else reprlib.repr(value))[:LONGEST]


def _by_key(fields: Fields, given: Mapping[str, Any], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = key.replace("-", "_")
        known(name, list(fields), where, "key")
        if name in values:
            raise SettingsError(said(f"{where}, {name}", "it is there twice, expected it once"))
        values[name] = value
    return values


def _kinds(annotation: Any) -> Sequence[Any]:
    """`X | None` is two."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _takes_many(annotation: Any) -> bool:
    """Whether it is a list, or a list or nothing, and no single value."""
    return all(kind is type(None) or get_origin(kind) in MANY for kind in _kinds(annotation))


def _takes_nothing(annotation: Any) -> bool:
    """Whether null says something else than no such line would."""
    return type(None) in _kinds(annotation)


def _place(fields: Fields, values: Mapping[str, Any], loc: Sequence[int | str]) -> str:
    """`, quiet 2 'x'`: the key, where in it, and what stands there, if it is no secret."""
    place, found = "", values
    for step in loc:
        try:
            found = found[step]  # type: ignore[index]
        except (LookupError, TypeError):
            if not place:
                return f", {step}"
            break
        place += f" {step + 1}" if isinstance(step, int) else f", {step}"
    name = str(loc[0]) if loc else ""
    field = fields.get(name)
    if field is None or SECRETIVE.search(place) or "Secret" in str(field.annotation) or _is_deep(found):
        return place
    return f"{place} {shown(found)}"


def _is_deep(value: Any) -> bool:
    """What holds maps may hold secrets."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value))


def _expected(error: Any) -> str:
    """What should have been there, in our words where we have some."""
    if (text := EXPECTED.get(error["type"])) is not None:
        return text.format(**error.get("ctx", {}))
    text = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "expected")
    return " ".join(scrub(text).split())
