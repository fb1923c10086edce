"""Models that really look: each finds the one white rectangle on grey, and says it in the form of its family.

How much brighter than the grey around the picture (114) a pixel is, is a number from 0 to 1. The brightest of each
column makes a profile; its sum is the rectangle's width, its centre of mass the middle. So edges are found to parts of
a pixel, wherever the picture was put and however it was scaled.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from onnx import NodeProto
from onnx.helper import make_node

from tests.models.make import Side, save

GREY = 114 / 255
SCORE = 0.9
NAMES = {
    "yolov8": ("dark", "white"),
    "yolov5": ("dark", "white"),
    "end-to-end": ("dark", "white"),
    "rt-detr": ("dark", "white", "red"),
    "rt-detr-end-to-end": ("dark", "white"),
    "logits": ("dark", "white"),
    "rf-detr": ("dark", "white"),
    "detr": ("dark", "white"),
    "deployed": ("dark", "white"),
}
"""Family -> labels; the rectangle is `white`."""

MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
IMAGENET = ("rf-detr", "detr")
UNIT = ("rt-detr", "rt-detr-end-to-end", "logits", "rf-detr", "detr", "deployed")
"""Families whose boxes are in 0..1 of the canvas."""


def finder(path: Path, family: str, size: tuple[Side, Side], dtype: Any = np.float32) -> Path:
    """A model of that family for canvases of `size` (height, width), names where YOLO's exports have them."""
    nodes = [*_brightness(family), *_profile("x", 1), *_profile("y", 0), *_scaled(family), *_ends()]
    tail, outputs = TAILS[family]
    weights: dict[str, Any] = {
        "mean": MEAN.reshape(1, 3, 1, 1),
        "deviation": DEVIATION.reshape(1, 3, 1, 1),
        "grey": np.float32(GREY),
        "rest": np.float32(1 - GREY),
        "bytes": np.float32(1 if dtype != np.uint8 else 255),
        "zero": np.float32(0),
        "one": np.float32(1),
        "half": np.float32(0.5),
        **_said(family),
    }
    inputs: dict[str, tuple[Any, tuple[Side, ...]]] = {"images": (dtype, (1, 3, *size))}
    if family == "deployed":
        inputs["orig_target_sizes"] = (np.int64, (1, 2))
    metadata = {"names": repr(dict(enumerate(NAMES[family])))} if family in ("yolov8", "yolov5", "end-to-end") else {}
    if family == "rt-detr-end-to-end":
        metadata["head"] = "RTDETRDecoder"
    return save(path, [*nodes, *tail], weights, outputs, inputs, metadata)


def _brightness(family: str) -> list[NodeProto]:
    """(H, W) `bright`, 0 for grey and darker, 1 for white; colours are made 0..1 first."""
    cast = [make_node("Cast", ["images"], ["floats"], to=1), make_node("Div", ["floats", "bytes"], ["given"])]
    undo = [make_node("Mul", ["given", "deviation"], ["spread"]), make_node("Add", ["spread", "mean"], ["unit"])]
    return [
        *cast,
        *(undo if family in IMAGENET else [make_node("Identity", ["given"], ["unit"])]),
        make_node("ReduceMean", ["unit"], ["plane"], axes=[0, 1], keepdims=0),
        make_node("Sub", ["plane", "grey"], ["above"]),
        make_node("Div", ["above", "rest"], ["share"]),
        make_node("Clip", ["share", "zero", "one"], ["bright"]),
    ]


def _profile(axis: str, at: int) -> list[NodeProto]:
    """`c<axis>` the middle, `w<axis>` the width, `side_<axis>` the canvas' side, in pixels."""
    return [
        make_node("ReduceMax", ["bright"], [f"profile_{axis}"], axes=[1 - at], keepdims=0),
        make_node("ReduceSum", [f"profile_{axis}"], [f"w{axis}"], keepdims=1),
        make_node("Size", [f"profile_{axis}"], [f"count_{axis}"]),
        make_node("Cast", [f"count_{axis}"], [f"side_{axis}"], to=1),
        make_node("Range", ["zero", f"side_{axis}", "one"], [f"left_{axis}"]),
        make_node("Add", [f"left_{axis}", "half"], [f"middle_{axis}"]),
        make_node("Mul", [f"profile_{axis}", f"middle_{axis}"], [f"moment_{axis}"]),
        make_node("ReduceSum", [f"moment_{axis}"], [f"total_{axis}"], keepdims=1),
        make_node("Max", [f"w{axis}", "half"], [f"some_{axis}"]),
        make_node("Div", [f"total_{axis}", f"some_{axis}"], [f"c{axis}"]),
    ]


def _scaled(family: str) -> list[NodeProto]:
    """`cx0` and so on: in the family's unit."""
    kind = "Div" if family in UNIT else "Mul"
    by = ("side_x", "side_y") if family in UNIT else ("one", "one")
    return [
        make_node(kind, [f"{part}{axis}", side], [f"{part}{axis}0"])
        for axis, side in zip("xy", by, strict=True)
        for part in "cw"
    ]


def _ends() -> list[NodeProto]:
    return [
        node
        for axis in "xy"
        for node in (
            make_node("Mul", [f"w{axis}0", "half"], [f"half_{axis}"]),
            make_node("Sub", [f"c{axis}0", f"half_{axis}"], [f"low_{axis}"]),
            make_node("Add", [f"c{axis}0", f"half_{axis}"], [f"high_{axis}"]),
        )
    ]


def _row(parts: tuple[str, ...], name: str) -> list[NodeProto]:
    return [make_node("Concat", list(parts), ["row"], axis=0), make_node("Reshape", ["row", "shape"], [name])]


MIDDLE, EDGES = ("cx0", "cy0", "wx0", "wy0"), ("low_x", "low_y", "high_x", "high_y")
_PAIR = {"pred_boxes": (np.float32, (1, 1, 4)), "logits": (np.float32, (1, 1, "C"))}
_LOGITS = [*_row(MIDDLE, "pred_boxes"), make_node("Identity", ["said"], ["logits"])]
_ONE = {"output0": (np.float32, ("B", "R", "C"))}
TAILS: Mapping[str, tuple[list[NodeProto], dict[str, tuple[Any, tuple[Side, ...]]]]] = {
    "yolov8": (_row((*MIDDLE, "said"), "output0"), _ONE),
    "yolov5": (_row((*MIDDLE, "said"), "output0"), _ONE),
    "end-to-end": (_row((*EDGES, "said"), "output0"), _ONE),
    "rt-detr": (_row((*MIDDLE, "said"), "output0"), _ONE),
    "rt-detr-end-to-end": (_row((*MIDDLE, "said"), "output0"), _ONE),
    "logits": (_LOGITS, _PAIR),
    "detr": (_LOGITS, _PAIR),
    "rf-detr": (
        [*_row(MIDDLE, "dets"), make_node("Identity", ["said"], ["labels"])],
        {"dets": (np.float32, (1, 1, 4)), "labels": (np.float32, (1, 1, "C"))},
    ),
    "deployed": (
        [
            *_row(EDGES, "unit_boxes"),
            make_node("Cast", ["orig_target_sizes"], ["wh"], to=1),
            make_node("Concat", ["wh", "wh"], ["whwh"], axis=1),
            make_node("Mul", ["unit_boxes", "whwh"], ["boxes"]),
            make_node("Identity", ["number"], ["labels"]),
            make_node("Identity", ["said"], ["scores"]),
        ],
        {
            "labels": (np.int64, (1, 1)),
            "boxes": (np.float32, ("B", 1, 4)),
            "scores": (np.float32, (1, 1)),
        },
    ),
}


def _said(family: str) -> dict[str, Any]:
    """Weights that say `white`, surely; and the shape of the row."""
    sure = float(np.log(SCORE / (1 - SCORE)))
    said: dict[str, tuple[Any, Any]] = {
        "yolov8": (np.float32([0.1, SCORE]), (1, 6, 1)),
        "yolov5": (np.float32([0.95, 0.1, SCORE / 0.95]), (1, 1, 7)),
        "end-to-end": (np.float32([SCORE, 1]), (1, 1, 6)),
        "rt-detr": (np.float32([0.1, SCORE, 0.1]), (1, 1, 7)),
        "rt-detr-end-to-end": (np.float32([SCORE, 1]), (1, 1, 6)),
        "logits": (np.float32([[[-5, sure]]]), (1, 1, 4)),
        "rf-detr": (np.float32([[[-5, sure, -5]]]), (1, 1, 4)),
        "detr": (np.float32([[[-50, sure, 0]]]), (1, 1, 4)),
        "deployed": (np.float32([[SCORE]]), (1, 1, 4)),
    }
    words, shape = said[family]
    return {"said": words, "shape": np.array(shape), "number": np.array([[1]])}
