"""Reads a settings class: flag > environment (FRAMEBUS_...) > file (--config) > default.

A service has one class of settings. Each field carries its help; `Flag` says how it looks on the command line. Nothing
else reads the environment. What is wrong is told in one line that names the setting.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NoReturn, TypeVar, get_args, get_origin

from pydantic import BeforeValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from libs.common.settings_environment import CONFIG, given, not_read, refuse_misspelt, variable_of
from libs.common.settings_file import dashed, read_file
from libs.common.settings_secrets import hide_secrets
from libs.common.settings_table import FORMS, table

TIMES = ("--from", "--since", "--until")
"""Flags whose value may be `-10m`."""
S = TypeVar("S", bound=BaseSettings)


@dataclass(frozen=True)
class Flag:
    """How a field looks on the command line: `short` beside its long name, as bare words, or not at all.

    `words`: so many stand behind the flag each time (`metavar` names them, with blanks between).
    """

    short: str | None = None
    metavar: str | None = None
    positional: bool = False
    hidden: bool = False
    words: int | None = None


def _words(value: Any) -> Any:
    """`a,b` and [`a,b`, `c`] alike."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(item, str) for item in values):
        raise ValueError("expected text or a list of texts")
    return [word.strip() for item in values for word in item.split(",") if word.strip()]


def _pairs(value: Any) -> Any:
    """`--flag a b` and `a=b`, several with commas, as `a=b`."""
    if isinstance(value, list) and all(isinstance(item, list) for item in value):
        return ["=".join(pair) for pair in value]
    return _words(value)


def _texts(value: Any) -> Any:
    """`a; b` and [`a`, `b`] alike."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(item, str) for item in values):
        raise ValueError("expected text or a list of texts, in quotes")
    return [text.strip() for item in values for text in item.split(";") if text.strip()]


Named = Annotated[dict[str, Any], NoDecode]
"""A map of a file; on the command line a `Flag` of several words. Whoever has one reads both (BeforeValidator)."""
Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_texts)]
"""For what may hold commas: several in one text have `;` between them."""
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Pairs = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_pairs)]
"""For a `Flag` of two words."""


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


@dataclass(frozen=True)
class Given(Generic[S]):
    """What was read: the settings, where each came from unless it is a default, and what is to be done with them."""

    settings: S
    origins: Mapping[str, str]
    check: bool
    show: str | None


def load(cls: type[S], argv: Sequence[str], prog: str, text: str) -> tuple[S, bool]:
    """Settings from flags, environment and file, and whether --check was given; raises SettingsError.

    Looks at the files they name too (a class's `require`). Shows all of it and exits where that was asked for.
    """
    found = read(cls, argv, prog, text)
    if require := getattr(found.settings, "require", None):
        require()
    if found.show:
        sys.stdout.write(table(found.settings, found.origins, not_read(_variables(cls) | {CONFIG}), found.show))
        raise SystemExit(0)
    return found.settings, found.check


def read(cls: type[S], argv: Sequence[str], prog: str, text: str) -> Given[S]:
    """The same from what stands in the flags, the environment and the file alone."""
    variables = given(cls)
    hide_secrets(cls, {name: os.environ.get(variable) for name, variable in variables.items()})
    parser = _Parser(prog=prog, description=text, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings as YAML, named as the flags")
    parser.add_argument("--check", action="store_true", help="check everything that will be used, show it, exit")
    parser.add_argument("--show-settings", choices=FORMS, help=argparse.SUPPRESS)
    for name, field in cls.model_fields.items():
        _add_flag(parser, name, field)
    known, unknown = parser.parse_known_intermixed_args(_joined(argv))
    if unknown:
        raise SettingsError(_unknown(unknown, parser))
    flags = vars(known)
    hide_secrets(cls, flags)
    check, show = bool(flags.pop("check", False)), flags.pop("show_settings", None)
    refuse_misspelt(_variables(cls))
    file, as_given = flags.pop("config", None), "--config"
    if file is None:
        file, as_given = os.environ.get(CONFIG), CONFIG
    in_file = read_file(Path(file), cls, as_given) if file else {}
    parts = {name: in_file.pop(name) for name in getattr(cls, "file_parts", ()) if name in in_file}
    from_file = {name: value for name, value in in_file.items() if name not in variables}
    origins = {
        **dict.fromkeys(in_file, f"file {file}"),
        **{name: f"environment {variable}" for name, variable in variables.items()},
        **dict.fromkeys(flags, "flag"),
    }
    overruled = _overruled(origins)
    origins = {name: at for name, at in origins.items() if name not in overruled}
    try:
        settings = cls(**{**from_file, **flags, **dict.fromkeys(overruled)})
    except ValidationError as error:
        raise SettingsError(_one_line(error, cls, origins)) from None
    if with_parts := getattr(settings, "with_parts", None):
        settings = with_parts(Path(file or ""), parts, origins)
    return Given(settings, origins, check, show)


def _overruled(origins: Mapping[str, str]) -> list[str]:
    """Of a secret and the file it may stand in, the one that was given at a lower level."""
    level = {name: ("file", "environment", "flag").index(at.partition(" ")[0]) for name, at in origins.items()}
    pairs = [(name, f"{name}_file") for name in origins if f"{name}_file" in origins]
    return [min(pair, key=level.__getitem__) for pair in pairs if level[pair[0]] != level[pair[1]]]


def _variables(cls: type[BaseSettings]) -> set[str]:
    return {variable_of(cls, name) for name in cls.model_fields}


def _unknown(words: Sequence[str], parser: argparse.ArgumentParser) -> str:
    """Names the flag, not what stands behind it: that may be a password."""
    flags = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
    if not flags:
        return f"unrecognized arguments: {' '.join(words)}"
    near = get_close_matches(flags[0], parser._option_string_actions, 1)
    return f"unrecognized arguments: {' '.join(flags)}" + (f" ({near[0]}?)" if near else "")


def _joined(argv: Sequence[str]) -> list[str]:
    """`--from -10m` as `--from=-10m`: argparse takes what begins like a flag for one."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] in TIMES and word.startswith("-"):
            joined[-1] += "=" + word
        else:
            joined.append(word)
    return joined


def _add_flag(parser: argparse.ArgumentParser, name: str, field: FieldInfo) -> None:
    flag = next((item for item in field.metadata if isinstance(item, Flag)), None)
    if flag is None or flag.hidden:
        return
    many = get_origin(field.annotation) is tuple
    options: dict[str, Any] = {"help": _help(field), "metavar": flag.metavar}
    if flag.positional:
        parser.add_argument(name, nargs="*" if many else "?", **options)
        return
    names = [*([flag.short] if flag.short else []), "--" + dashed(name)]
    if flag.words:
        named = tuple((flag.metavar or "").split())
        parser.add_argument(*names, dest=name, action="append", nargs=flag.words, metavar=named, help=options["help"])
    elif field.annotation is bool:
        parser.add_argument(*names, dest=name, action=argparse.BooleanOptionalAction, help=options["help"])
    else:
        choices = _choices(field.annotation)
        options["metavar"] = flag.metavar or ("|".join(choices) if choices else None)
        parser.add_argument(*names, dest=name, action="append" if many else "store", **options)


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    return [choice for inner in get_args(annotation) for choice in _choices(inner)]


def _help(field: FieldInfo) -> str:
    default = None if field.default_factory or field.is_required() else field.default
    shown = ",".join(default) if isinstance(default, tuple) else default
    suffix = "" if shown is None or shown == "" or isinstance(shown, bool) else f" ({shown})"
    return ((field.description or "") + suffix).replace("%", "%%")


def _one_line(error: ValidationError, cls: type[BaseSettings], origins: Mapping[str, str]) -> str:
    """The first complaint: name, value (never a secret's), what was expected."""
    first = error.errors(include_url=False)[0]
    text = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    if not first["loc"]:
        return text
    named = str(first["loc"][0])
    name = next((name for name in cls.model_fields if named in (name, variable_of(cls, name))), named)
    field = cls.model_fields.get(name)
    is_secret = field is None or "Secret" in str(field.annotation)
    given = ",".join(map(str, first["input"])) if isinstance(first["input"], list | tuple) else str(first["input"])
    if first["type"] == "missing":
        return f"{_as_given(name, field, '')}: expected it, see --help"
    value = "" if is_secret else f" {scrub(given)[:80]!r}"
    return f"{_as_given(name, field, origins.get(name, ''))}{value}: {text}"


def _as_given(name: str, field: FieldInfo | None, origin: str) -> str:
    """The setting by the name under which somebody wrote it."""
    where, _, at = origin.partition(" ")
    if where == "environment":
        return at
    if where == "file":
        return f"--config {at}: {dashed(name)}"
    flag = next((item for item in field.metadata if isinstance(item, Flag)), None) if field else None
    return dashed(name) if flag and flag.positional else f"--{dashed(name)}"
