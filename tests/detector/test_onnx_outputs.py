"""Candidates: what cannot be, what overlaps, and what is too much."""

import numpy as np
import pytest

from libs.common.errors import FramebusError
from services.detector.backends.onnx_outputs import (
    Asked,
    Candidates,
    capped,
    end_to_end,
    sigmoid_logits,
    softmax_logits,
    without_doubles,
    yolov5,
    yolov8,
)

ASKED = Asked(0.25, (640, 480))
RANDOM = np.random.default_rng(5)


def found(count: int, classes: int = 3) -> Candidates:
    """Random boxes, surest first."""
    low = RANDOM.uniform(0, 500, (count, 2))
    boxes = np.concatenate((low, low + RANDOM.uniform(20, 120, (count, 2))), axis=1)
    scores = np.sort(RANDOM.uniform(0.25, 1, count))[::-1]
    return Candidates(np.float32(boxes), np.float32(scores), RANDOM.integers(0, classes, count))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", [0, 4, 6])
@pytest.mark.parametrize("read", [yolov8, yolov5, end_to_end])
def test_what_is_no_number_is_an_error(value: float, at: int, read: object) -> None:
    """Wherever it stands: a frame nobody could judge is not an empty one."""
    output = np.zeros((1, 7, 7), np.float32)
    output[0, at, at] = value
    with pytest.raises(FramebusError, match="no numbers"):
        read({"output0": output}, ASKED)  # type: ignore[operator]


def test_scores_above_one_are_an_error() -> None:
    """Somebody reads logits as scores; half precision may be a hair above."""
    output = np.zeros((1, 6, 3), np.float32)
    output[0, 4, 1] = 3.5
    with pytest.raises(FramebusError, match=r"reach 3\.5"):
        yolov8({"output0": output}, ASKED)
    output[0, 4, 1] = 1.0005
    assert yolov8({"output0": output}, ASKED).scores.tolist() == [1.0]


def test_classes_that_are_no_whole_numbers_are_an_error() -> None:
    """Something of another form was taken for the end-to-end one."""
    output = np.full((1, 3, 6), 0.3, np.float32)
    with pytest.raises(FramebusError, match="--model-kind"):
        end_to_end({"output0": output}, ASKED)


def test_boxes_that_stand_on_their_head_are_turned() -> None:
    """They cover the same."""
    output = np.float32([[[30, 40, 10, 20, 0.9, 1]]])
    assert end_to_end({"output0": output}, ASKED).boxes.tolist() == [[10, 20, 30, 40]]


@pytest.mark.parametrize("size", [1e4, -1e4, 3e38])
def test_great_logits_are_no_overflow(size: float) -> None:
    """Certainly, or certainly not."""
    logits = np.float32([[[size, -size]]])
    boxes = np.float32([[[0.5, 0.5, 0.1, 0.1]]])
    assert len(sigmoid_logits({"boxes": boxes, "logits": logits}, ASKED).scores) == 1
    assert softmax_logits({"boxes": boxes, "logits": logits}, ASKED).scores.tolist() == ([1.0] if size > 0 else [])


def test_nothing_found_is_nothing() -> None:
    """Of every shape."""
    assert len(yolov8({"output0": np.zeros((1, 6, 0), np.float32)}, ASKED).scores) == 0
    assert len(yolov5({"output0": np.zeros((1, 5, 7), np.float32)}, ASKED).scores) == 0
    assert len(end_to_end({"output0": np.zeros((1, 0, 6), np.float32)}, ASKED).scores) == 0


def test_of_two_that_overlap_the_surer_is_kept() -> None:
    """In each class by itself."""
    box = [10, 10, 50, 50]
    boxes = np.float32([box, [11, 11, 51, 51], box, [200, 200, 300, 300]])
    both = Candidates(boxes, np.float32([0.9, 0.8, 0.7, 0.6]), np.array([1, 1, 2, 1]))
    kept, others = without_doubles(both, 0.7, 300)
    assert kept.scores.tolist() == np.float32([0.9, 0.7, 0.6]).tolist()
    assert len(others.scores) == 0


def test_empty_boxes_are_no_division_by_zero() -> None:
    """They overlap nothing."""
    empty = Candidates(np.zeros((5, 4), np.float32), np.float32([0.9] * 5), np.zeros(5, np.intp))
    assert len(without_doubles(empty, 0.7, 300)[0].scores) == 5


@pytest.mark.parametrize("most_overlap", [None, 0.7])
def test_a_cap_uncovers_nobody(most_overlap: float | None) -> None:
    """At most so many; every box beyond lies in one of its class, which is as sure."""
    many = found(3000)
    kept, others = without_doubles(many, most_overlap, 300)
    told = capped(kept, others, 300)
    assert len(kept.scores) == 300
    assert 290 < len(told.scores) <= 300
    for box, score, number in zip(*others, strict=True):
        assert any(
            (near[:2] <= box[:2]).all() and (near[2:] >= box[2:]).all() and sure >= score and of == number
            for near, sure, of in zip(*told, strict=True)
        )


def test_a_cap_that_is_not_reached_changes_nothing() -> None:
    """Not even the order."""
    few = found(300)
    kept, others = without_doubles(few, None, 300)
    assert capped(kept, others, 300) is kept


def test_more_classes_than_places_are_one_box_each() -> None:
    """Rather too many than one left out."""
    many = found(1000, classes=400)
    told = capped(*without_doubles(many, None, 300), 300)
    assert len(told.scores) == len(set(many.classes.tolist())) > 300
