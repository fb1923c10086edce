"""Reads a settings class: flag > environment (FRAMEBUS_...) > file (--config) > default.

A service has one class of settings. Each field carries its help; `Flag` says how it looks on the command line. Nothing
else reads the environment. What is wrong is told in one line that names the setting.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar, get_args, get_origin

import yaml
from pydantic import BeforeValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode

from libs.common.errors import SettingsError
from libs.common.scrub import scrub

PREFIX = "FRAMEBUS_"
S = TypeVar("S", bound=BaseSettings)


@dataclass(frozen=True)
class Flag:
    """How a field looks on the command line: `short` beside its long name, as bare words, or not at all."""

    short: str | None = None
    metavar: str | None = None
    positional: bool = False
    hidden: bool = False


def _words(value: Any) -> Any:
    """`a,b` and [`a,b`, `c`] alike."""
    values = [value] if isinstance(value, str) else value
    return [word.strip() for item in values for word in str(item).split(",") if word.strip()]


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def load(cls: type[S], argv: Sequence[str], prog: str, text: str) -> tuple[S, bool]:
    """Settings from flags, environment and file, and whether --check was given; raises SettingsError."""
    parser = _Parser(prog=prog, description=text, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings as YAML, named as the flags")
    parser.add_argument("--check", action="store_true", help="check everything that will be used, show it, exit")
    for name, field in cls.model_fields.items():
        _add_flag(parser, name, field)
    flags = vars(parser.parse_intermixed_args(_joined(argv)))
    check = bool(flags.pop("check", False))
    file = flags.pop("config", None) or os.environ.get(PREFIX + "CONFIG")
    from_file = _read_file(Path(file), cls) if file else {}
    try:
        return cls(**{**from_file, **flags}), check
    except ValidationError as error:
        raise SettingsError(_one_line(error, cls)) from None


def _joined(argv: Sequence[str]) -> list[str]:
    """`--from -10m` as `--from=-10m`: argparse takes what begins like a flag for one."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] == "--from" and word.startswith("-"):
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
    names = [*([flag.short] if flag.short else []), "--" + _dashed(name)]
    if field.annotation is bool:
        parser.add_argument(*names, dest=name, action=argparse.BooleanOptionalAction, help=options["help"])
    else:
        choices = _choices(field.annotation)
        options["metavar"] = flag.metavar or ("|".join(choices) if choices else None)
        parser.add_argument(*names, dest=name, action="append" if many else "store", **options)


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    return [choice for inner in get_args(annotation) for choice in _choices(inner)]


def _dashed(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _help(field: FieldInfo) -> str:
    default = field.default
    shown = ",".join(default) if isinstance(default, tuple) else default
    suffix = "" if shown is None or shown == "" or isinstance(shown, bool) else f" ({shown})"
    return ((field.description or "") + suffix).replace("%", "%%")


def _read_file(path: Path, cls: type[BaseSettings]) -> dict[str, Any]:
    """What the file says and the environment does not."""
    try:
        values = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"--config {path}: expected readable YAML ({type(error).__name__})") from None
    if not isinstance(values, dict):
        raise SettingsError(f"--config {path}: expected a map of settings")
    known = {_dashed(name): name for name in cls.model_fields}
    for key in values:
        if str(key).replace("_", "-") not in known:
            raise SettingsError(f"--config {path}: unknown setting {key!r}")
    named = {known[str(key).replace("_", "-")]: value for key, value in values.items()}
    return {
        name: value
        for name, value in named.items()
        if PREFIX + _dashed(name).replace("-", "_").upper() not in os.environ
    }


def _one_line(error: ValidationError, cls: type[BaseSettings]) -> str:
    """The first complaint: name, value (never a secret's), what was expected."""
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return str(first["msg"]).removeprefix("Value error, ")
    name = str(first["loc"][0])
    field = cls.model_fields.get(name) or cls.model_fields.get(name + "_")
    is_secret = field is None or "Secret" in str(field.annotation)
    value = "" if is_secret else f" {scrub(str(first['input']))[:80]!r}"
    text = first["msg"].removeprefix("Value error, ")
    return f"--{_dashed(name)}{value}: {text}"
