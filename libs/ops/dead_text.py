"""What strangers wrote, on an operator's terminal: no control character reaches it, no text is endless."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MAX_CHARS = 200
CLASSES = {"raw": "raw, people may be seen", "safe": "safe"}
"""How a class is said to people."""


def say(line: str) -> None:
    """One line on stdout; whatever is not printable is escaped, in the way that JSON knows too."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(escaped(line).encode(encoding, "backslashreplace").decode(encoding) + "\n")


def escaped(text: str) -> str:
    """Whatever is not printable is written out."""
    return "".join(c if c.isprintable() else "".join(f"\\u{unit:04x}" for unit in _units(c)) for c in text)


def say_json(facts: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own."""
    say(json.dumps(facts))


def cut(text: str, limit: int = MAX_CHARS) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


def when(time_ms: float) -> str:
    """Such as 2026-01-31T12:00:00.000Z, as --since and --until take it; `?` for what is no time."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return "?"


def letters(count: int) -> str:
    """`1 letter`, `2 letters`."""
    return f"{count} letter{'' if count == 1 else 's'}"


def _units(character: str) -> list[int]:
    """Its UTF-16 code units: two for what lies beyond 16 bits."""
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
