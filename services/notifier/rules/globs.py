"""Patterns of names, compiled once: a thousand rules are asked for every event."""

import re
from fnmatch import translate
from functools import lru_cache


def matches(globs: tuple[str, ...], name: str) -> bool:
    """Whether one of them is all of the name, large and small letters apart."""
    return _pattern(globs).match(name) is not None


@lru_cache(maxsize=4096)
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for glob in globs))
