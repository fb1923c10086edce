"""What may be asked of a camera by the clock."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from libs.common.flags import Flag, Named


def _read(value: Any) -> Any:
    """Three words behind each flag, `NAME=WINDOW=SECONDS; …`, or a map as it stands in a file."""
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("expected names; YAML takes on, no and 7 for something else: put them in quotes")
        return dict(value)
    given = value.split(";") if isinstance(value, str) else value
    if not isinstance(given, list):
        raise ValueError("expected a map of names")
    parts = [[word.strip() for word in each.split("=")] if isinstance(each, str) else each for each in given if each]
    if any(len(words) != 3 for words in parts) or len({words[0] for words in parts}) < len(parts):
        raise ValueError("expected NAME WINDOW SECONDS (in a variable NAME=WINDOW=SECONDS; …), each name once")
    return {name: {"active": window, "every": _whole(every)} for name, window, every in parts}


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


class ScheduleFlags(BaseModel):
    """A part of a camera's settings."""

    schedules: Annotated[Named, BeforeValidator(_read), Flag(metavar="NAME WINDOW SECONDS", words=3)] = Field(
        default_factory=dict,
        description='a still at these times, like noon "Mon-Fri 08:00-18:00" 300: from the beginning of the window on, '
        "every 300 seconds; repeatable; zone: --timezone",
    )
