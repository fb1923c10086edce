"""The backend `onnx` with every family: a model that looks finds what is there, wherever it was put on its canvas."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.detector.boxes import overlap
from services.detector.picture import Picture
from tests.models.finders import NAMES, SCORE, finder
from tests.models.make import Side
from tests.models.using import loaded, white_on_grey

PICTURES = [(1280, 720), (721, 1279), (641, 479), (1921, 1081), (100, 333), (3000, 2001)]
"""Landscape, portrait, odd; larger and smaller than the model's input; decoded at 1/1, 1/2 and 1/4."""

CANVASES: list[tuple[Side, Side]] = [(640, 640), (384, 640), ("height", "width")]
THERE = (0.3, 0.2, 0.55, 0.8)


@pytest.mark.parametrize("family", NAMES)
@pytest.mark.parametrize("canvas", CANVASES, ids=str)
def test_a_family_finds_what_is_there(tmp_path: Path, family: str, canvas: tuple[Side, Side]) -> None:
    """The drawn rectangle and the box that is told are the same, and so are label and confidence."""
    backend = loaded(finder(tmp_path / "model.onnx", family, canvas), names=NAMES[family])
    for width, height in PICTURES:
        picture, box = white_on_grey(width, height, THERE)
        (found,) = backend.look(picture)
        assert overlap(found.box, box) >= 0.99, (width, height)
        assert found.label == "white"
        assert found.confidence == pytest.approx(SCORE, abs=1e-3)


@pytest.mark.parametrize("dtype", [np.float16, np.uint8])
@pytest.mark.parametrize("family", ["yolov8", "logits"])
def test_a_model_may_want_other_numbers(tmp_path: Path, family: str, dtype: Any) -> None:
    """Half precision, or bytes as they are."""
    backend = loaded(finder(tmp_path / "model.onnx", family, (320, 320), dtype), names=NAMES[family])
    picture, box = white_on_grey(1280, 720, THERE)
    (found,) = backend.look(picture)
    assert overlap(found.box, box) >= 0.98


def test_what_is_found_in_a_part_is_told_of_the_part(tmp_path: Path) -> None:
    """A region is enlarged to what the model takes; its boxes go back by `Picture.back`."""
    backend = loaded(finder(tmp_path / "model.onnx", "yolov8", (640, 640)))
    picture, box = white_on_grey(1603, 907, (0.55, 0.61, 0.6, 0.7))
    part = picture.part((0.5, 0.5, 0.75, 0.8))
    (found,) = backend.look(part)
    assert overlap(part.back(found.box), box) >= 0.97


def test_an_empty_picture_has_nothing_in_it(tmp_path: Path) -> None:
    """An answer all the same: everything was looked for."""
    backend = loaded(finder(tmp_path / "model.onnx", "yolov8", (640, 640)))
    picture, _ = white_on_grey(640, 480, (0.5, 0.5, 0.5, 0.5))
    assert backend.look(picture) == ()
    assert backend.labels == ("dark", "white")


def test_no_more_is_decoded_than_the_model_needs(tmp_path: Path) -> None:
    """A picture of three times the size is decoded at half of it, one of eight times at an eighth."""
    backend = loaded(finder(tmp_path / "model.onnx", "yolov8", (320, 320)))
    for width, wide in ((1000, 500), (2560, 320), (320, 320), (319, 319)):
        asked: list[int] = []
        picture, _ = white_on_grey(width, width // 2, THERE)
        backend.look(Watched(picture, asked))
        assert asked == [wide]


class Watched(Picture):
    """Notes how wide the pictures are that were decoded."""

    def __init__(self, picture: Picture, asked: list[int]) -> None:
        super().__init__(picture.frame)
        self._asked = asked

    def image(self, longer_side: int | None = None) -> Any:
        image = super().image(longer_side)
        self._asked.append(image.shape[1])
        return image


def test_a_model_of_open_size_takes_the_side_that_is_asked_for(tmp_path: Path) -> None:
    """As its metadata say where nobody asks; a fixed one stays what it is."""
    path = finder(tmp_path / "model.onnx", "yolov8", ("height", "width"))
    assert loaded(path).says == "yolov8 640x640 on cpu"
    assert loaded(path, size=300).says == "yolov8 320x320 on cpu"
    fixed = finder(tmp_path / "fixed.onnx", "yolov8", (96, 160))
    assert loaded(fixed, size=320).says == "yolov8 160x96 on cpu"


def test_a_side_that_is_asked_for_is_used(tmp_path: Path) -> None:
    """What is small on a small canvas is no longer found exactly, but still where it is."""
    backend = loaded(finder(tmp_path / "model.onnx", "yolov8", ("height", "width")), size=64)
    picture, box = white_on_grey(1280, 720, THERE)
    (found,) = backend.look(picture)
    assert 0.8 < overlap(found.box, box) < 1
