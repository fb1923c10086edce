"""From what a detection model puts out to candidates: boxes, scores and numbers of classes.

N is the number of places, nc that of classes, Q that of queries; x0, y0, x1, y1 are edges, cx, cy, w, h a box by its
middle. Each function below reads one form of it, named after the models that have it:

- `[1, 4+nc, N]`, cx, cy, w, h in pixels, then a score for each class. YOLOv8, YOLO11, YOLO12: `Detect` of
  ultralytics/nn/modules/head.py, read as `non_max_suppression` there does.
- `[1, N, 5+nc]`, the same with an objectness before the classes, which multiplies them. YOLOv5 and YOLOv7:
  `Detect` of models/yolo.py in ultralytics/yolov5, read as in its utils/general.py.
- `[1, N, 6]`, x0, y0, x1, y1 in pixels, score, class; nothing is left to be suppressed. YOLOv10, YOLO26, and what
  ultralytics exports with `nms=True`; empty rows have score 0.
- `[1, Q, 4+nc]`, cx, cy, w, h in 0..1, scores. RT-DETR of ultralytics: `RTDETRPredictor` of models/rtdetr/predict.py.
- `[1, Q, 6]`, cx, cy, w, h in 0..1, score, class: the same as later versions export it (8.4.190 does).
- `[1, Q, C]` logits and `[1, Q, 4]` boxes, cx, cy, w, h in 0..1. DETR (facebookresearch/detr) takes a softmax over
  nc + 1 classes, the last being nothing; RT-DETR, D-FINE, RF-DETR a sigmoid of each. Transformers and the models' own
  exports alike.
- `labels`, `boxes`, `scores` from the picture and its size (`orig_target_sizes`: width, height), boxes x0, y0, x1, y1
  in pixels of that size. The deployed form of RT-DETR and D-FINE (tools/export_onnx.py of lyuwenyu/RT-DETR).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libs.common.errors import FramebusError

Array = NDArray[np.floating]
Outputs = Mapping[str, NDArray[np.generic]]
HARDLY_ABOVE_ONE = 1.01
"""Scores in half precision may be a little above 1."""


class Candidates(NamedTuple):
    """At least as sure as was asked for, surest first."""

    boxes: Array
    """(n, 4) float32 edges, in pixels of the model's input, or in 0..1 of it where the form says so."""
    scores: Array
    """(n,) in 0..1."""
    classes: NDArray[np.intp]
    """(n,) from 0."""

    def some(self, which: slice | NDArray[np.intp]) -> "Candidates":
        return Candidates(self.boxes[which], self.scores[which], self.classes[which])


@dataclass(frozen=True, slots=True)
class Asked:
    """`least`: the lowest score that counts; `size`: width and height that the model was told, if it was."""

    least: float
    size: tuple[int, int]


def yolov8(outputs: Outputs, asked: Asked) -> Candidates:
    (output,) = _numbers(outputs)
    return _best(output[0, :4], output[0, 4:], asked.least)


def yolov5(outputs: Outputs, asked: Asked) -> Candidates:
    (output,) = _numbers(outputs)
    rows = output[0][output[0, :, 4] >= asked.least].T
    return _best(rows[:4], rows[5:] * rows[4], asked.least)


def end_to_end(outputs: Outputs, asked: Asked) -> Candidates:
    (output,) = _numbers(outputs)
    return _surest(output[0, :, :4], output[0, :, 4], _classes(output[0, :, 5]), asked.least)


def rtdetr_end_to_end(outputs: Outputs, asked: Asked) -> Candidates:
    (output,) = _numbers(outputs)
    return _surest(_edges(output[0, :, :4].T), output[0, :, 4], _classes(output[0, :, 5]), asked.least)


def _classes(classes: Array) -> NDArray[np.intp]:
    if (classes != np.round(classes)).any() or (classes < 0).any():
        raise FramebusError("expected numbers of classes in the last column of [1, N, 6]; see --model-kind")
    return classes.astype(np.intp)


def rtdetr(outputs: Outputs, asked: Asked) -> Candidates:
    (output,) = _numbers(outputs)
    return _best(output[0, :, :4].T, output[0, :, 4:].T, asked.least)


def softmax_logits(outputs: Outputs, asked: Asked) -> Candidates:
    boxes, logits = _numbers(outputs)
    with np.errstate(over="ignore"):
        powers = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
    return _best(boxes[0].T, (powers / powers.sum(axis=-1, keepdims=True))[:, :-1].T, asked.least)


def sigmoid_logits(outputs: Outputs, asked: Asked) -> Candidates:
    """A query may be of two classes: the reference takes the best of all queries and classes."""
    boxes, logits = _numbers(outputs)
    scores = 0.5 + 0.5 * np.tanh(logits[0] / 2)
    queries, classes = np.nonzero(scores >= asked.least)
    return _surest(_edges(boxes[0].T)[queries], scores[queries, classes], classes, asked.least)


def deployed(outputs: Outputs, asked: Asked) -> Candidates:
    boxes, scores = _numbers({name: outputs[name] for name in ("boxes", "scores")})
    size = np.array([*asked.size, *asked.size], np.float32)
    return _surest(boxes[0] / size, scores[0], outputs["labels"][0].astype(np.intp), asked.least)


def _numbers(outputs: Outputs) -> list[Array]:
    """As float32. Raises FramebusError for what is no number: such a frame counts as failed, not as empty."""
    for name, output in outputs.items():
        if not np.isfinite(output).all():
            raise FramebusError(f"output {name!r} of the model has values that are no numbers")
    return [output.astype(np.float32, copy=False) for output in outputs.values()]


def _best(boxes: Array, scores: Array, least: float) -> Candidates:
    """The best class of each place; boxes (4, n) cx, cy, w, h; scores (classes, n)."""
    likely = np.flatnonzero(scores.max(axis=0) >= least) if scores.size else np.empty(0, np.intp)
    some = scores[:, likely]
    return _surest(_edges(boxes[:, likely]), some.max(axis=0), some.argmax(axis=0), least)


def _edges(boxes: Array) -> Array:
    """(4, n) cx, cy, w, h -> (n, 4) edges."""
    half = boxes[2:] / 2
    return np.concatenate((boxes[:2] - half, boxes[:2] + half)).T


def _surest(boxes: Array, scores: Array, classes: NDArray[np.intp], least: float) -> Candidates:
    """Edges in order, sure ones first. Raises FramebusError for scores that are none."""
    if scores.size and scores.max() > HARDLY_ABOVE_ONE:
        raise FramebusError(f"the model's scores reach {scores.max():.3g}, expected 0..1; see --model-kind")
    kept = np.flatnonzero(scores >= least)
    order = kept[np.argsort(-scores[kept], kind="stable")]
    ordered = np.sort(boxes[order].reshape(-1, 2, 2), axis=1).reshape(-1, 4)
    return Candidates(ordered, np.minimum(scores[order], 1), classes[order])


def without_doubles(found: Candidates, most_overlap: float | None, most: int) -> tuple[Candidates, Candidates]:
    """Greedy non-maximum suppression, each class by itself: at most so many are kept, and those nobody came to.

    Two boxes are one thing where their intersection over union is above `most_overlap`; None: each is one by itself.
    """
    if most_overlap is None:
        return found.some(slice(most)), found.some(slice(most, None))
    areas = (found.boxes[:, 2:] - found.boxes[:, :2]).prod(axis=1)
    left: NDArray[np.intp] = np.arange(len(found.boxes))
    kept: list[np.intp] = []
    while left.size and len(kept) < most:
        best, left = left[0], left[1:]
        kept.append(best)
        corner = np.maximum(found.boxes[best, :2], found.boxes[left, :2])
        shared = (np.minimum(found.boxes[best, 2:], found.boxes[left, 2:]) - corner).clip(0).prod(axis=1)
        is_same = shared > most_overlap * (areas[best] + areas[left] - shared)
        left = left[~(is_same & (found.classes[left] == found.classes[best]))]
    return found.some(np.array(kept, np.intp)), found.some(left)


def capped(kept: Candidates, others: Candidates, most: int) -> Candidates:
    """At most so many: those too many share one box for each class. A cap must not uncover anybody."""
    if not len(others.scores):
        return kept
    classes = np.unique(np.concatenate((kept.classes, others.classes)))
    room = max(0, most - len(classes))
    rest = _together([kept.some(slice(room, None)), others])
    joined = [_joined(rest.some(np.flatnonzero(rest.classes == each))) for each in np.unique(rest.classes)]
    return _together([kept.some(slice(room)), *joined])


def _together(parts: Sequence[Candidates]) -> Candidates:
    boxes, scores, classes = zip(*parts, strict=True)
    return Candidates(np.concatenate(boxes), np.concatenate(scores), np.concatenate(classes))


def _joined(found: Candidates) -> Candidates:
    """One box around all, as sure as the surest."""
    box = np.concatenate((found.boxes[:, :2].min(axis=0), found.boxes[:, 2:].max(axis=0)))
    return Candidates(box[None], found.scores.max(keepdims=True), found.classes[:1])
