"""Settings from the environment: which variables a class reads, and which one is probably meant for it but misspelt."""

import os
from collections.abc import Mapping

from pydantic_settings import BaseSettings

from libs.common.errors import SettingsError

PREFIX = "FRAMEBUS_"
CONFIG = PREFIX + "CONFIG"


def variable_of(cls: type[BaseSettings], field: str) -> str:
    """FRAMEBUS_INFER_FPS of infer_fps; where the field names its variable itself, that one."""
    alias = cls.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{cls.model_config['env_prefix']}{field.rstrip('_')}".upper()


def given(cls: type[BaseSettings], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Field -> its variable, for those that are set."""
    there = {name.upper() for name in environ}
    return {field: name for field in cls.model_fields if (name := variable_of(cls, field)) in there}


def not_read(names: set[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Our variables in the environment that are none of these."""
    return sorted(name for name in map(str.upper, environ) if name.startswith(PREFIX) and name not in names)


def refuse_misspelt(names: set[str], environ: Mapping[str, str] = os.environ) -> None:
    """Raise SettingsError for a variable that is one slip away from one of ours.

    Others are left alone: services share environment files, and some platforms make variables of their own.
    """
    for name in not_read(names | {CONFIG}, environ):
        if meant := next((known for known in sorted(names | {CONFIG}) if is_slip(name, known)), None):
            raise SettingsError(f"{name}: unknown variable, expected {meant}")


def is_slip(name: str, other: str) -> bool:
    """One letter wrong, missing, too many, or two swapped; underscores do not count."""
    short, long = sorted((name.replace("_", ""), other.replace("_", "")), key=len)
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    short, long = short[start:], long[start:]
    if len(short) < len(long):
        return short == long[1:]
    swapped = short[:2] == long[1::-1] and short[2:] == long[2:]
    return swapped or short[1:] == long[1:]
