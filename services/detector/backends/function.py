"""The backend `python:MODULE:FUNCTION`: a function of the operator's own, a model or a sensor.

    labels are what it can find, on the function itself: `look.labels = ("person", "dog")`; without, ("detected",).

    def look(image, frame): ...     # or (image), (frame), or () for a sensor; parameters count by their names

`image` is a copy of the picture's pixels, (H, W, 3) uint8 BGR; with `--detect-size N` reduced to the smallest of 1,
1/2, 1/4, 1/8 whose longer side has N pixels. `frame` is a copy of the message (libs.common.messages.Frame). A
function that does not take `image` costs no decoding. It is called from one thread, frames of a camera in order;
behind a gate also for parts of a picture. What it prints goes to stderr. It may return

- None: it could not tell; the frame goes on unlooked
- a bool: True is a detection over the whole of the picture
- a list of Detection, of dicts with `box` and, if need be, `label`, `confidence`, `parents`, or of boxes alone

A box is left, top, right, bottom in 0..1 of the image; of a function that does not take it, in 0..1 of the frame. What
comes without a label has the only one in `labels`; what comes without a confidence, 1. An exception (sys.exit too), or
an answer of another form, costs the look at this one frame. TemporaryError means: look again later, if it must not be
skipped. The module is found as Python finds modules: installed, or in a folder named in PYTHONPATH.
"""

import sys
from contextlib import redirect_stdout
from copy import deepcopy

from libs.common import own_function
from libs.common.errors import SettingsError
from libs.common.messages import Detection, replace
from services.detector.backends.answers import Answers, words
from services.detector.picture import Picture

MOST_NAME = 64
"""Of a model's name in a verdict."""

GIVEN = ("image", "frame")


class Function:
    """Calls it for each look. Its verdicts promise what its `labels` say: nobody can check that."""

    def __init__(self, path: str, side: int | None = None) -> None:
        """`path`: module:function. `side`: longer side of the image it is given. Raises SettingsError."""
        self.model = f"python:{path}"
        if len(self.model) > MOST_NAME:
            raise SettingsError(f"--backend {self.model}: expected at most {MOST_NAME} characters")
        named = f"--backend {self.model}"
        self._function = own_function.find(path, named)
        self._wants = own_function.taken(self._function, GIVEN, named)
        self.labels = _labels(self._function, path)
        self._answers = Answers(self.labels)
        self._side = side

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        """Raises what the function raises, and WrongAnswerError."""
        given: dict[str, object] = {}
        if "image" in self._wants:
            given["image"] = picture.image(self._side).copy()
        if "frame" in self._wants:
            given["frame"] = deepcopy(picture.frame)
        with redirect_stdout(sys.stderr):
            found = self._answers.read(self._call(given))
        if found is None or "image" in given:
            return found
        return tuple(replace(each, box=box) for each in found if (box := picture.into(each.box)))

    def _call(self, given: dict[str, object]) -> object:
        try:
            return self._function(**given)
        except SystemExit as error:
            raise RuntimeError("expected an answer, it wanted to end the process") from error

    def learn(self, picture: Picture) -> None:
        """Nothing: it is not called for frames of the past."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


def _labels(function: own_function.Function, path: str) -> tuple[str, ...]:
    given = getattr(function, "labels", ("detected",))
    if (labels := words(given)) is None:
        raise SettingsError(
            f"--backend python:{path}: its labels: expected a list of lower-case words, got {str(given)[:80]!r}"
        )
    return labels
