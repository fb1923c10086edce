"""Which form a model's outputs have, by their shapes and names; what its family wants of a picture goes with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from libs.common.errors import SettingsError
from services.detector.backends.onnx_outputs import (
    Asked,
    Candidates,
    Outputs,
    deployed,
    end_to_end,
    rtdetr,
    rtdetr_end_to_end,
    sigmoid_logits,
    softmax_logits,
    yolov5,
    yolov8,
)

Shapes = Mapping[str, Sequence[int]]
Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Colours:
    """(value 0..255 - mean) * scale, of red, green, blue."""

    mean: Triple = (0.0, 0.0, 0.0)
    scale: Triple = (1 / 255, 1 / 255, 1 / 255)


UNIT = Colours()
IMAGENET = Colours((0.485 * 255, 0.456 * 255, 0.406 * 255), (1 / (0.229 * 255), 1 / (0.224 * 255), 1 / (0.225 * 255)))
"""As torchvision's models were trained, and whatever began with their weights."""


@dataclass(frozen=True, slots=True)
class Family:
    """`most_overlap`: of two boxes that are not one thing, None where nothing is to be suppressed."""

    is_stretched: bool
    colours: Colours = UNIT
    most_overlap: float | None = None


FAMILIES = {
    "yolov8": Family(is_stretched=False, most_overlap=0.7),  # iou of ultralytics/cfg/default.yaml
    "yolov5": Family(is_stretched=False, most_overlap=0.45),  # --iou-thres of YOLOv5's and YOLOv7's detect.py
    "end-to-end": Family(is_stretched=False),
    "rt-detr": Family(is_stretched=True),
    "rt-detr-end-to-end": Family(is_stretched=True),
    "detr": Family(is_stretched=True, colours=IMAGENET),
    "rf-detr": Family(is_stretched=True, colours=IMAGENET),
}
"""What --model-kind may say."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one model is to be read."""

    kind: str
    family: Family
    read: Callable[[Outputs, Asked], Candidates]
    outputs: tuple[str, ...]
    """Their names, as `read` wants them in order."""
    is_unit: bool
    """Boxes are in 0..1 of the model's input, not in its pixels."""


SINGLE = {
    "yolov8": yolov8,
    "yolov5": yolov5,
    "end-to-end": end_to_end,
    "rt-detr": rtdetr,
    "rt-detr-end-to-end": rtdetr_end_to_end,
}
UNIT_BOXES = ("rt-detr", "rt-detr-end-to-end")
RTDETR_HEAD = "RTDETRDecoder"
"""What newer exports of ultralytics have as `head` in their metadata."""

BOXES = ("pred_boxes", "dets", "boxes")
LOGITS = ("logits", "pred_logits", "labels")


ANCHORS = 3
"""Boxes that YOLOv5 and YOLOv7 have at each place."""

GRIDS = ((8, 16, 32), (8, 16, 32, 64), (4, 8, 16, 32))
"""Pixels from place to place; the models called P6 and P2 have one grid more."""


def choose(outputs: Shapes, count: int, kind: str, canvas: tuple[int, int], head: str = "") -> Layout:
    """The layout of outputs of these shapes with so many names; `canvas` is width and height of the model's input.

    `kind`: of FAMILIES, or auto; `head`: what the model's metadata say of it.
    Raises SettingsError, with what was found, where none or more than one fits.
    """
    if {"labels", "boxes", "scores"} <= outputs.keys() and kind in ("auto", "rt-detr"):
        return _layout("rt-detr", deployed, ("boxes", "scores", "labels"), is_unit=True)
    if len(outputs) == 1:
        return _single(outputs, count, kind, canvas, head)
    if pair := _pair(outputs):
        return _logits(outputs, *pair, count, kind)
    raise _not_understood(outputs, count)


def _single(outputs: Shapes, count: int, kind: str, canvas: tuple[int, int], head: str) -> Layout:
    ((name, shape),) = outputs.items()
    fitting = _fitting(shape, count)
    fitting = _likeliest(fitting, shape, canvas, head) if kind == "auto" else [each for each in fitting if each == kind]
    if not fitting:
        raise _not_understood(outputs, count)
    if len(fitting) > 1:
        raise SettingsError(f"{_told(outputs, count)}: may be of {' or '.join(fitting)}: say --model-kind")
    return _layout(fitting[0], SINGLE[fitting[0]], (name,), is_unit=fitting[0] in UNIT_BOXES)


def _fitting(shape: Sequence[int], count: int) -> list[str]:
    """All kinds with one output that may have this shape."""
    if len(shape) != 3:
        return []
    _, rows, columns = shape
    fits = {
        "yolov8": rows == 4 + count,
        "yolov5": columns == 5 + count,
        "end-to-end": columns == 6,
        "rt-detr": columns == 4 + count,
        "rt-detr-end-to-end": columns == 6,
    }
    return [kind for kind, does in fits.items() if does]


def _likeliest(fitting: list[str], shape: Sequence[int], canvas: tuple[int, int], head: str) -> list[str]:
    """Where several fit: the one with as many places as its grids have, else the end-to-end form, which has none.

    YOLOv5 with one class and RT-DETR with two have 6 columns too, and RT-DETR's own end-to-end form, which only its
    metadata tell.
    """
    if head == RTDETR_HEAD:
        return [kind for kind in UNIT_BOXES[::-1] if kind in fitting][:1]
    fitting = [kind for kind in fitting if kind != "rt-detr-end-to-end"]
    if len(fitting) < 2:
        return fitting
    places = {"yolov8": (shape[2], 1), "yolov5": (shape[1], ANCHORS)}
    on_grid = [kind for kind in fitting if kind in places and is_on_grid(*places[kind], canvas)]
    if len(on_grid) == 1:
        return on_grid
    return ["end-to-end"] if "end-to-end" in fitting and "yolov8" not in fitting else fitting


def is_on_grid(count: int, each: int, canvas: tuple[int, int]) -> bool:
    """Whether so many are `each` for every place of the grids that YOLO lays over a canvas."""
    width, height = canvas
    return any(
        count == each * sum(-(-width // stride) * -(-height // stride) for stride in strides) for strides in GRIDS
    )


def _pair(outputs: Shapes) -> tuple[str, str] | None:
    """The names of boxes and logits, by name or else by shape."""
    named = [next((name for name in names if name in outputs), None) for names in (BOXES, LOGITS)]
    if named[0] and named[1]:
        return named[0], named[1]
    fours = [name for name, shape in outputs.items() if shape[-1:] == (4,)]
    others = [name for name in outputs if name not in fours]
    return (fours[0], others[0]) if len(fours) == len(others) == 1 else None


def _logits(outputs: Shapes, boxes: str, logits: str, count: int, kind: str) -> Layout:
    """With one number more than names the last is nothing (a softmax), except in RF-DETR, known by its names."""
    shapes = tuple(outputs[boxes]), tuple(outputs[logits])
    if kind == "auto":
        is_rf = boxes == "dets"
        kind = "rf-detr" if is_rf else "detr" if shapes[1][-1:] == (count + 1,) else "rt-detr"
    classes = {"rt-detr": (count,), "detr": (count + 1,), "rf-detr": (count, count + 1)}.get(kind, ())
    fits = len(shapes[0]) == len(shapes[1]) == 3 and shapes[0][1:] == (shapes[1][1], 4) and shapes[1][2] in classes
    if not fits:
        raise _not_understood(outputs, count)
    return _layout(kind, softmax_logits if kind == "detr" else sigmoid_logits, (boxes, logits), is_unit=True)


def _layout(kind: str, read: Callable[[Outputs, Asked], Candidates], outputs: tuple[str, ...], is_unit: bool) -> Layout:
    return Layout(kind, FAMILIES[kind], read, outputs, is_unit)


def _told(outputs: Shapes, count: int) -> str:
    found = ", ".join(f"{name} [{', '.join(map(str, shape))}]" for name, shape in list(outputs.items())[:8])
    return f"the model's outputs {found}, with {count} names"


def _not_understood(outputs: Shapes, count: int) -> SettingsError:
    return SettingsError(
        f"{_told(outputs, count)}: expected [1, {4 + count}, N] (yolov8), [1, N, {5 + count}] (yolov5), [1, N, 6] "
        f"(end-to-end), [1, Q, {4 + count}] (rt-detr), or [1, Q, 4] and [1, Q, {count}] (rt-detr, rf-detr) or "
        f"[1, Q, {count + 1}] (detr), or labels, boxes and scores"
    )
