"""What a function of the operator's own may answer, made into detections or refused."""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from numbers import Real

import numpy as np

from libs.common.errors import FramebusError
from libs.common.messages import MAX_DETECTIONS, Box, Detection
from services.detector.picture import WHOLE

MAX_LABELS = 1000
_LABEL = re.compile(r"[^A-Z\x00-\x1f]{1,64}")
_KEYS = {"label", "confidence", "box", "parents"}


class WrongAnswerError(FramebusError):
    """Not of a form that was promised. Its text tells kinds, not values: those may say what a camera sees."""


class Answers:
    """Reads answers of one function; `labels` is all that it may find."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels

    def read(self, answer: object) -> tuple[Detection, ...] | None:
        """None: it could not tell. Raises WrongAnswerError."""
        if answer is None:
            return None
        if isinstance(answer, bool | np.bool_):
            return (self._of(WHOLE),) if answer else ()
        if isinstance(answer, str | bytes | Mapping) or not isinstance(answer, Iterable):
            raise WrongAnswerError(f"expected a bool, None or a list of detections or boxes, got {_kind(answer)}")
        found = tuple(map(self._one, islice(answer, MAX_DETECTIONS + 1)))
        if len(found) > MAX_DETECTIONS:
            raise WrongAnswerError(f"expected at most {MAX_DETECTIONS} detections, got more")
        return found

    def _one(self, given: object) -> Detection:
        if isinstance(given, Detection):
            return self._of(given.box, given.label, given.confidence, given.parents)
        if not isinstance(given, Mapping):
            return self._of(given)
        if strange := given.keys() - _KEYS:
            raise WrongAnswerError(f"expected {', '.join(sorted(_KEYS))}, got {str(strange.pop())[:64]!r}")
        if "box" not in given:
            raise WrongAnswerError("expected a box in each detection, got one without")
        return self._of(given["box"], given.get("label"), given.get("confidence", 1.0), given.get("parents", ()))

    def _of(self, box: object, label: object = None, confidence: object = 1.0, parents: object = ()) -> Detection:
        if (above := words(parents) if parents else ()) is None:
            raise WrongAnswerError(f"parents: expected a list of lower-case words, got {_kind(parents)}")
        return Detection(
            label=self._label(label), confidence=_ratio(confidence, "confidence"), box=_box(box), parents=above
        )

    def _label(self, given: object) -> str:
        """Its own, or the only one that there is. Another one was never promised, so nobody would know of it."""
        if given is None and len(self.labels) == 1:
            return self.labels[0]
        if given is None:
            raise WrongAnswerError(f"label: expected one of {', '.join(self.labels[:20])}, got none")
        if given not in self.labels:
            raise WrongAnswerError(f"label: expected one of {', '.join(self.labels[:20])}, got another {_kind(given)}")
        return str(given)


def words(given: object) -> tuple[str, ...] | None:
    """A list of labels as it may stand in a message; None if it is not one."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return None
    found = tuple(islice(given, MAX_LABELS + 1))
    right = 0 < len(found) <= MAX_LABELS and all(isinstance(each, str) and _LABEL.fullmatch(each) for each in found)
    return found if right else None


def _box(given: object) -> Box:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise WrongAnswerError(f"box: expected left, top, right, bottom in 0..1, got {_kind(given)}")
    edges = [_ratio(each, "box") for each in islice(given, 5)]
    if len(edges) != 4:
        raise WrongAnswerError(
            f"box: expected left, top, right, bottom, got {len(edges) if len(edges) < 4 else 'more'}"
        )
    left, top, right, bottom = edges
    if left > right or top > bottom:
        raise WrongAnswerError("box: expected left, top, right, bottom, got a right or bottom before its left or top")
    return left, top, right, bottom


def _ratio(given: object, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, Real):
        raise WrongAnswerError(f"{name}: expected numbers in 0..1, got {_kind(given)}")
    if not 0 <= (number := float(given)) <= 1:
        raise WrongAnswerError(f"{name}: expected numbers in 0..1, got one outside: are these pixels or percent?")
    return number


def _kind(value: object) -> str:
    return type(value).__name__
