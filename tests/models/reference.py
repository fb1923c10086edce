"""How the families' own repositories read outputs, written down box by box: slow, plain, and not our code."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Told(NamedTuple):
    """One detection; edges in pixels of the picture."""

    number: int
    score: float
    box: tuple[float, float, float, float]


def scale_boxes(box: Sequence[float], canvas: tuple[int, int], picture: tuple[int, int]) -> tuple[float, ...]:
    """`scale_boxes` of ultralytics/utils/ops.py: canvas and picture are (width, height)."""
    gain = min(canvas[0] / picture[0], canvas[1] / picture[1])
    pad = [round((canvas[i] - round(picture[i] * gain)) / 2 - 0.1) for i in (0, 1)]
    moved = [(box[0] - pad[0]) / gain, (box[1] - pad[1]) / gain, (box[2] - pad[0]) / gain, (box[3] - pad[1]) / gain]
    return tuple(min(max(edge, 0.0), float(picture[i % 2])) for i, edge in enumerate(moved))


def iou(one: Sequence[float], two: Sequence[float]) -> float:
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, two)]
    return wide * high / (areas[0] + areas[1] - wide * high)


def xyxy(box: Sequence[float]) -> tuple[float, float, float, float]:
    x, y, w, h = (float(each) for each in box)
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def nms(found: list[Told], most: float, limit: int = 300) -> list[Told]:
    """The best of a class, and away with everything of that class that overlaps it by more than `most`."""
    kept: list[Told] = []
    for each in sorted(found, key=lambda told: -told.score):
        if all(other.number != each.number or iou(other.box, each.box) <= most for other in kept):
            kept.append(each)
    return kept[:limit]


def yolov8(output: Array, least: float = 0.25) -> list[Told]:
    """`non_max_suppression` of ultralytics, best class only."""
    found = []
    for column in output[0].T:
        number = int(np.argmax(column[4:]))
        if column[4 + number] > least:
            found.append(Told(number, float(column[4 + number]), xyxy(column[:4])))
    return nms(found, 0.7)


def yolov5(output: Array, least: float = 0.25) -> list[Told]:
    """`non_max_suppression` of yolov5/utils/general.py: objectness first, then objectness times class."""
    found = []
    for row in output[0]:
        if row[4] > least:
            number = int(np.argmax(row[5:]))
            if row[4] * row[5 + number] > least:
                found.append(Told(number, float(row[4] * row[5 + number]), xyxy(row[:4])))
    return nms(found, 0.45)


def end_to_end(output: Array, least: float = 0.25) -> list[Told]:
    return [Told(int(row[5]), float(row[4]), tuple(map(float, row[:4]))) for row in output[0] if row[4] > least]  # type: ignore[arg-type]


def rtdetr(output: Array, size: tuple[int, int], least: float = 0.25) -> list[Told]:
    """`RTDETRPredictor.postprocess` of ultralytics: pixels of the picture at once."""
    found = []
    for row in output[0]:
        number = int(np.argmax(row[4:]))
        if row[4 + number] > least:
            found.append(Told(number, float(row[4 + number]), _times(xyxy(row[:4]), size)))
    return found


def detr(logits: Array, boxes: Array, size: tuple[int, int], least: float = 0.25) -> list[Told]:
    """`PostProcess` of detr/models/detr.py: softmax, the last class is nothing."""
    found = []
    for line, box in zip(logits[0], boxes[0], strict=True):
        powers = [float(np.exp(np.float64(each))) for each in line]
        shares = [power / sum(powers) for power in powers][:-1]
        number = max(range(len(shares)), key=shares.__getitem__)
        if shares[number] > least:
            found.append(Told(number, shares[number], _times(xyxy(box), size)))
    return found


def focal(logits: Array, boxes: Array, size: tuple[int, int], least: float = 0.25, most: int = 300) -> list[Told]:
    """`RTDETRPostProcessor` (focal loss): the best of all queries and classes together."""
    found = [
        Told(number, 1 / (1 + float(np.exp(-np.float64(logit)))), _times(xyxy(box), size))
        for line, box in zip(logits[0], boxes[0], strict=True)
        for number, logit in enumerate(line)
    ]
    return [told for told in sorted(found, key=lambda told: -told.score)[:most] if told.score > least]


def _times(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    return box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]
