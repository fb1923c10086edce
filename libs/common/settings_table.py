"""Each setting, its value and where it came from: what `framebus config` shows. Secrets are not in it."""

import json
from collections.abc import Mapping, Sequence

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from libs.common.scrub import HIDDEN, scrub
from libs.common.settings_file import dashed

FORMS = ("text", "json")


def table(settings: BaseSettings, origins: Mapping[str, str], not_read: Sequence[str], form: str) -> str:
    """`origins`: field -> where it came from, if it is no default. `not_read`: variables that count for others."""
    fields = type(settings).model_fields
    rows = [(dashed(name), _shown(getattr(settings, name)), origins.get(name, "default")) for name in fields]
    if form == "json":
        found = [dict(zip(("setting", "value", "from"), row, strict=True)) for row in rows]
        return json.dumps({"settings": found, "not_read": list(not_read)}, indent=2) + "\n"
    return _text(
        [("setting", "value", "from"), *[(name, "" if it is None else str(it), at) for name, it, at in rows]]
    ) + (f"not read here: {', '.join(not_read)}\n" if not_read else "")


def _shown(value: object) -> object:
    """As JSON knows it."""
    if isinstance(value, SecretStr):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub(",".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _text(rows: Sequence[tuple[str, str, str]]) -> str:
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "".join(f"{name:<{first}}  {value:<{min(second, 48)}}  {at}".rstrip() + "\n" for name, value, at in rows)
