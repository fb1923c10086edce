"""Random outputs of every family: the same boxes as the families' own way of reading them (IoU >= 0.99)."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common.messages import Detection
from services.detector.boxes import overlap
from tests.models import reference
from tests.models.make import constant
from tests.models.reference import Told
from tests.models.using import loaded, white_on_grey

SIZES = [(1280, 720), (1080, 1920), (500, 375)]
"""Those that fit the canvas without rounding: elsewhere `scale_boxes` is up to half a pixel off, ours is not."""

CANVAS = (640, 640)
INPUTS: dict[str, Any] = {"images": (np.float32, (1, 3, 640, 640))}
LABELS = ("person", "bicycle", "car", "dog", "cat")
RANDOM = np.random.default_rng(11)


def crowd(count: int, groups: int) -> NDArray[np.float32]:
    """(count, 4) cx, cy, w, h in 0..1, in groups that overlap each other more or less."""
    middles = RANDOM.uniform(0.25, 0.75, (groups, 4)) * (1, 1, 0.3, 0.4)
    chosen = middles[RANDOM.integers(0, groups, count)]
    return np.float32(chosen * RANDOM.uniform(0.92, 1.08, (count, 4)))


def scores(count: int, classes: int) -> NDArray[np.float32]:
    """A few of each row's are high."""
    return np.float32(RANDOM.beta(0.4, 2.5, (count, classes)))


def same(found: tuple[Detection, ...], told: list[Told], size: tuple[int, int]) -> None:
    """As many, and each one's twin among those of its label, as sure, IoU >= 0.99."""
    expected = [told_one for told_one in told if _inside(told_one, size)]
    assert len(found) == len(expected) > 20
    for one in expected:
        box = tuple(edge / size[i % 2] for i, edge in enumerate(one.box))
        twins = [each for each in found if each.label == LABELS[one.number]]
        best = max(twins, key=lambda each: overlap(each.box, box))  # type: ignore[arg-type]
        assert overlap(best.box, box) >= 0.99  # type: ignore[arg-type]
        assert any(abs(each.confidence - one.score) < 1e-3 for each in twins)


def _inside(told: Told, size: tuple[int, int]) -> bool:
    return told.box[0] < told.box[2] and told.box[1] < told.box[3]


def back(told: list[Told], size: tuple[int, int]) -> list[Told]:
    """From the canvas to the picture, the reference's way."""
    return [one._replace(box=reference.scale_boxes(one.box, CANVAS, size)) for one in told]  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_yolov8(tmp_path: Path, size: tuple[int, int]) -> None:
    """[1, 4+nc, N]."""
    output = np.concatenate((crowd(400, 60) * 640, scores(400, 5)), axis=1).T[None]
    path = constant(tmp_path / "model.onnx", {"output0": output}, inputs=INPUTS)
    found = loaded(path, names=LABELS).look(white_on_grey(*size, (0, 0, 0, 0))[0])
    same(found, back(reference.yolov8(output), size), size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_yolov5(tmp_path: Path, size: tuple[int, int]) -> None:
    """[1, N, 5+nc]."""
    sure = np.float32(RANDOM.uniform(0, 1, (400, 1)))
    output = np.concatenate((crowd(400, 60) * 640, sure, scores(400, 5) ** 0.3), axis=1)[None]
    path = constant(tmp_path / "model.onnx", {"output": output}, inputs=INPUTS)
    found = loaded(path, names=LABELS).look(white_on_grey(*size, (0, 0, 0, 0))[0])
    same(found, back(reference.yolov5(output), size), size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_end_to_end(tmp_path: Path, size: tuple[int, int]) -> None:
    """[1, N, 6], with empty rows at the end."""
    edges = np.float32([reference.xyxy(box) for box in crowd(100, 100) * 640])
    rows = np.concatenate((edges, RANDOM.uniform(0, 1, (100, 1)), RANDOM.integers(0, 5, (100, 1))), axis=1)
    output = np.concatenate((rows, np.zeros((200, 6)))).astype(np.float32)[None]
    path = constant(tmp_path / "model.onnx", {"output0": output}, inputs=INPUTS)
    found = loaded(path, names=LABELS).look(white_on_grey(*size, (0, 0, 0, 0))[0])
    same(found, back(reference.end_to_end(output), size), size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_rtdetr_of_ultralytics(tmp_path: Path, size: tuple[int, int]) -> None:
    """[1, Q, 4+nc], the picture stretched."""
    output = np.concatenate((crowd(300, 300), scores(300, 5)), axis=1)[None]
    path = constant(tmp_path / "model.onnx", {"output0": output}, inputs=INPUTS)
    found = loaded(path, names=LABELS).look(white_on_grey(*size, (0, 0, 0, 0))[0])
    same(found, reference.rtdetr(output, size), size)


@pytest.mark.parametrize("names", [("logits", "pred_boxes"), ("pred_logits", "pred_boxes"), ("a", "b")], ids=str)
def test_detr(tmp_path: Path, names: tuple[str, str]) -> None:
    """Logits of nc + 1 classes, also where the outputs have names of their own."""
    size = SIZES[0]
    logits, boxes = np.float32(RANDOM.normal(0, 3, (1, 100, 6))), crowd(100, 100)[None]
    path = constant(tmp_path / "model.onnx", dict(zip(names, (logits, boxes), strict=True)), inputs=INPUTS)
    backend = loaded(path, names=LABELS)
    assert backend.says.startswith("detr ")
    same(backend.look(white_on_grey(*size, (0, 0, 0, 0))[0]), reference.detr(logits, boxes, size), size)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_rtdetr_and_dfine(tmp_path: Path, size: tuple[int, int]) -> None:
    """Logits of nc classes; a query may be of two."""
    logits, boxes = np.float32(RANDOM.normal(-3, 2, (1, 300, 5))), crowd(300, 300)[None]
    path = constant(tmp_path / "model.onnx", {"logits": logits, "pred_boxes": boxes}, inputs=INPUTS)
    backend = loaded(path, names=LABELS)
    assert backend.says.startswith("rt-detr ")
    same(backend.look(white_on_grey(*size, (0, 0, 0, 0))[0]), reference.focal(logits, boxes, size), size)


def test_rfdetr(tmp_path: Path) -> None:
    """Outputs `dets` and `labels`, one logit more than names."""
    size = SIZES[0]
    logits, boxes = np.float32(RANDOM.normal(-3, 2, (1, 300, 6))), crowd(300, 300)[None]
    logits[:, :, 5] = -9
    path = constant(tmp_path / "model.onnx", {"dets": boxes, "labels": logits}, inputs=INPUTS)
    backend = loaded(path, names=LABELS)
    assert backend.says.startswith("rf-detr ")
    same(backend.look(white_on_grey(*size, (0, 0, 0, 0))[0]), reference.focal(logits, boxes, size), size)


def test_the_deployed_form(tmp_path: Path) -> None:
    """labels, boxes, scores, in pixels of the picture whose width and height the model is told."""
    size = SIZES[1]
    boxes = np.float32([[np.array(reference.xyxy(box)) * (*size, *size) for box in crowd(100, 100)]])
    labels, sure = RANDOM.integers(0, 5, (1, 100)), np.float32(RANDOM.uniform(0, 1, (1, 100)))
    inputs = {**INPUTS, "orig_target_sizes": (np.int64, (1, 2))}
    outputs = {"labels": labels, "boxes": boxes, "scores": sure}
    path = constant(tmp_path / "model.onnx", outputs, inputs=inputs)
    rows = zip(labels[0], sure[0], boxes[0], strict=True)
    told = [Told(int(number), float(score), tuple(box)) for number, score, box in rows if score > 0.25]
    same(loaded(path, names=LABELS).look(white_on_grey(*size, (0, 0, 0, 0))[0]), told, size)
