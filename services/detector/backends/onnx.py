"""The backend `onnx:FILE`: a detection model in ONNX Runtime. Nothing is fetched, and no foreign code is loaded."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from libs.common.errors import FramebusError, SettingsError
from libs.common.messages import Detection
from services.detector.backends.onnx_input import Input, input_of
from services.detector.backends.onnx_layouts import Layout, choose
from services.detector.backends.onnx_names import Names, names_of
from services.detector.backends.onnx_outputs import Asked, Candidates, capped, without_doubles
from services.detector.backends.onnx_session import Session
from services.detector.letterbox import Array, Canvases, planes
from services.detector.models import read_known
from services.detector.picture import Picture

log = logging.getLogger(__name__)

CONFIDENCE = 0.25
"""`conf` of ultralytics/cfg/default.yaml."""

HIGHEST_UNIT = 2.0
"""Boxes in 0..1 reach a little beyond the picture, never so far; boxes in pixels always reach farther."""

MOST_DETECTIONS = 300
"""`max_det`, same file; the queries of most DETR models."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the operator says of it. `names`: none where the model says them; `known`: SHA-256 that may be loaded.

    `kind`: auto, or one of onnx_layouts.FAMILIES; `size`: the longer side, in pixels, of a model that leaves it open,
    0: as it says itself, else 640.
    """

    path: Path
    known: Sequence[str]
    names: Sequence[str] = ()
    kind: str = "auto"
    device: str = "auto"
    threads: int = 2
    size: int = 0
    confidence: float = CONFIDENCE


class Onnx:
    """Keeps nothing between frames, so one serves all cameras and inputs of a process; one thread at a time."""

    def __init__(self, model: Model, capped: Callable[[int], object] = lambda count: None) -> None:
        """Loads the model and tries it once. `capped` is told how many findings share a box for there are too many.

        Raises SettingsError, with the file's name, where it is not known, not understood, or does not work.
        """
        content = read_known(model.path, model.known)
        try:
            self._session = Session(content, model.device, model.threads)
            self._input, self._layout, self._names = _understood(self._session, model)
        except SettingsError as error:
            raise SettingsError(f"--backend onnx:{model.path}: {error}") from None
        self.model = f"onnx:{model.path.stem}"[:64]
        self._is_used = np.array([name is not None for name in self._names])
        self.labels = tuple(name for name in self._names if name is not None)
        self._canvases = Canvases(self._input.size, self._input.is_fixed, self._layout.family.is_stretched)
        self._confidence = model.confidence
        self._capped = capped
        log.info("model %s: %s", model.path.name, self.says)

    @property
    def class_names(self) -> tuple[str, ...]:
        """By number, as --names takes them."""
        return tuple(name or "-" for name in self._names)

    @property
    def says(self) -> str:
        """What kind of model it is, for people."""
        width, height = self._input.size
        return f"{self._layout.kind} {width}x{height} on {self._session.device}"

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        """Surest first. Raises FramebusError where the model puts out what cannot be: NaN, classes without a name."""
        fitted = self._canvases.fit(picture)
        place, colours = fitted.place, self._layout.family.colours
        pixels = planes(fitted.image, self._input.dtype, colours.mean, colours.scale)
        outputs = self._session.run(self._input.feeds(pixels, picture.size), self._layout.outputs)
        found = self._named(self._layout.read(outputs, Asked(self._confidence, picture.size)))
        size = (place.width, place.height) if self._layout.is_unit else (1, 1)
        _check_unit(found.boxes, self._layout.is_unit)
        separate = self._separate(found._replace(boxes=found.boxes * np.array([*size, *size], np.float32)))
        return self._detections(separate._replace(boxes=fitted.back(separate.boxes).clip(0, 1)))

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""

    def _named(self, found: Candidates) -> Candidates:
        """Those of classes that have a name."""
        if found.classes.size and not 0 <= found.classes.min() <= found.classes.max() < len(self._names):
            raise FramebusError(f"the model found class {found.classes.max()}, it has {len(self._names)} names")
        return found.some(np.flatnonzero(self._is_used[found.classes]))

    def _separate(self, found: Candidates) -> Candidates:
        most_overlap = self._layout.family.most_overlap
        kept, others = without_doubles(found, most_overlap, MOST_DETECTIONS)
        if len(others.scores):
            self._capped(len(others.scores))
        return capped(kept, others, MOST_DETECTIONS)

    def _detections(self, found: Candidates) -> tuple[Detection, ...]:
        """What lies in the grey around the picture is left out."""
        rows = zip(found.boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True)
        return tuple(
            Detection(label=self._names[number] or "", confidence=score, box=(x0, y0, x1, y1))
            for (x0, y0, x1, y1), score, number in rows
            if x0 < x1 and y0 < y1
        )


def _check_unit(boxes: Array, is_unit: bool) -> None:
    """Raises FramebusError for pixels instead of 0..1, or the other way: all would lie outside, or in a corner."""
    highest = abs(boxes).max(initial=0)
    if highest > HIGHEST_UNIT if is_unit else 0 < highest < HIGHEST_UNIT:
        expected = "0..1" if is_unit else "pixels"
        raise FramebusError(f"the model's boxes reach {highest:.4g}, expected {expected}; see --model-kind")


def _understood(session: Session, model: Model) -> tuple[Input, Layout, Names]:
    if (task := session.metadata.get("task", "detect")) != "detect":
        raise SettingsError(f"expected a model that detects, its task is {task[:80]!r}")
    names = names_of(model.names, session.metadata)
    if names is None:
        raise SettingsError("it does not say what its classes are called: --names person,car,... or --names FILE")
    made = input_of(session.inputs, model.size, session.metadata)
    layout = choose(_tried(session, made), len(names), model.kind, made.size, session.metadata.get("head", ""))
    return made, layout, (*names, None) if layout.kind == "rf-detr" else names


def _tried(session: Session, made: Input) -> Mapping[str, Sequence[int]]:
    """The shapes of what comes out for a grey picture; many models do not tell them before."""
    width, height = made.size
    grey: NDArray[np.generic] = np.full((1, 3, height, width), 0.5, made.dtype)
    try:
        outputs = session.run(made.feeds(grey, made.size), session.outputs)
    except Exception as error:
        raise SettingsError(f"it fails on a grey picture: {' '.join(str(error).split())[:300]}") from None
    return {name: np.shape(output) for name, output in outputs.items()}
