"""Limits for what is found: one for all labels, others for some, as `0.4` and `person=0.25`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from libs.common.messages import Detection

MOST_RATIO = 1000.0
LABEL = re.compile(r"[^A-Z\x00-\x1f]{1,64}")
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}"
_RANGE = re.compile(rf"({_NUMBER})-({_NUMBER})")


@dataclass(frozen=True)
class Range:
    """Both ends belong to it."""

    low: float
    high: float


@dataclass(frozen=True)
class Limits:
    """`by_label` comes before `general`, a detection's own label before its parents."""

    general: Range | None = None
    by_label: Mapping[str, Range] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.general is not None or bool(self.by_label)

    def allow(self, found: Detection, value: float) -> bool:
        """Whether this value of it lies within what counts for it."""
        limit = self.general
        if self.by_label:
            named = (self.by_label[name] for name in (found.label, *found.parents) if name in self.by_label)
            limit = next(named, limit)
        return limit is None or limit.low <= value <= limit.high


ANY = Limits()


def limits(words: Sequence[str], read: Callable[[str], Range]) -> Limits:
    """From `0.4` and `person=0.25`; `read` knows what stands there. Raises ValueError."""
    general: Range | None = None
    by_label: dict[str, Range] = {}
    for word in words:
        label, equals, text = word.rpartition("=")
        if (label in by_label) if equals else general is not None:
            raise ValueError(f"{label or 'the one for all labels'} is there twice")
        if equals:
            by_label[a_label(label)] = read(text)
        else:
            general = read(text)
    return Limits(general, by_label)


def a_label(text: str) -> str:
    """Raises ValueError for what no message may hold."""
    if not LABEL.fullmatch(text):
        raise ValueError(f"expected labels in lower case, at most 64 characters, not {text[:80]!r}")
    return text


def at_least(text: str) -> Range:
    """`0.4`: from there to 1. Raises ValueError."""
    if not re.fullmatch(_NUMBER, text) or float(text) > 1:
        raise ValueError(f"expected a number from 0 to 1, or label=number, not {text[:80]!r}")
    return Range(float(text), 1.0)


def share(text: str) -> Range:
    """`0.0005-0.5`, from 0 to 1. Raises ValueError."""
    return _range(text, 1.0, "0.0005-0.5")


def ratio(text: str) -> Range:
    """`0.2-5`, from 0 to 1000. Raises ValueError."""
    return _range(text, MOST_RATIO, "0.2-5")


def _range(text: str, most: float, example: str) -> Range:
    found = _RANGE.fullmatch(text)
    low, high = (float(found[1]), float(found[2])) if found else (1.0, 0.0)
    if not low < high <= most:
        raise ValueError(f"expected LOW-HIGH like {example}, at most {most:g}, or label=LOW-HIGH, not {text[:80]!r}")
    return Range(low, high)
