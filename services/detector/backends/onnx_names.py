"""What a model's classes are called: as its file says, as the operator says, as labels of messages."""

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from libs.common.errors import SettingsError

MOST_BYTES = 64 << 10
"""Of a text with names; 365 classes of Objects365 take 5 KB."""

MOST_NAMES = 1000
"""A verdict has room for so many labels."""

UNUSED = {"-", "n/a"}
"""Numbers that stand for nothing: the 90 categories of COCO have ten such gaps, DETR and RF-DETR count them."""

_NOT_IN_LABELS = re.compile(r"[\x00-\x1f\x7f]+")
Names = tuple[str | None, ...]


def names_of(words: Sequence[str], metadata: Mapping[str, str]) -> Names | None:
    """A label for each class, None for a class that is unused; None: neither the words nor the model say any.

    `words`: what follows --names: the names, or one file with a name in each line. It overrules the model's metadata.
    Raises SettingsError.
    """
    if words:
        return labels_of(_from_file(words[0]) if _is_file(words) else words, "--names")
    if "names" in metadata:
        return labels_of(_from_metadata(metadata["names"]), "the names in the model")
    return None


def _is_file(words: Sequence[str]) -> bool:
    return len(words) == 1 and ("/" in words[0] or "." in words[0])


def _from_file(name: str) -> list[str]:
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            text = file.read(MOST_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--names {name}: expected a readable text file ({type(error).__name__})") from None
    _check_length(text, f"--names {name}")
    return [line for line in text.splitlines() if line.strip()]


def _from_metadata(text: str) -> list[str]:
    """The Python literal that ultralytics and YOLOv5 write: a list, or a dict of numbers from 0."""
    _check_length(text, "the names in the model")
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        found = None
    if isinstance(found, dict) and all(type(key) is int for key in found) and set(found) == set(range(len(found))):
        found = [found[number] for number in range(len(found))]
    if not isinstance(found, list | tuple) or not all(isinstance(name, str) for name in found):
        raise SettingsError(f"the names in the model: expected a list, or a dict from 0 on, not {text[:80]!r}; --names")
    return list(found)


def _check_length(text: str, whose: str) -> None:
    if len(text) > MOST_BYTES:
        raise SettingsError(f"{whose}: expected at most {MOST_BYTES} characters")


def labels_of(names: Sequence[str], whose: str) -> Names:
    """A label for each name, None for what is unused; `whose` begins the error. Raises SettingsError."""
    if not 0 < len(names) <= MOST_NAMES:
        raise SettingsError(f"{whose}: expected 1 to {MOST_NAMES} names, not {len(names)}")
    labels = tuple(_label(name, number, whose) for number, name in enumerate(names))
    used = [label for label in labels if label is not None]
    if double := next((label for label in used if used.count(label) > 1), None):
        raise SettingsError(f"{whose}: {double!r} stands there twice")
    if not used:
        raise SettingsError(f"{whose}: expected a name, found only '-'")
    return labels


def _label(name: str, number: int, whose: str) -> str | None:
    """In lower case, without line breaks and the like; None for what is unused."""
    label = _NOT_IN_LABELS.sub(" ", name).strip().lower()
    if not 0 < len(label) <= 64:
        raise SettingsError(f"{whose}: number {number}: expected a name of 1 to 64 characters, not {name[:80]!r}")
    return None if label in UNUSED else label
