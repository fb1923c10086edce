"""What the backend `onnx` does not load, and what it says instead of guessing."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from libs.common.errors import FramebusError, SettingsError
from services.detector.backends.onnx import Model, Onnx
from services.detector.backends.onnx_layouts import FAMILIES, is_on_grid
from services.detector.model_settings import ModelFlags
from tests.models.make import constant, save
from tests.models.using import drawn, loaded, sha256

ONE = np.zeros((1, 6, 40), np.float32)


def refused(make: Callable[[], object]) -> str:
    """The one line that is said."""
    with pytest.raises(SettingsError) as caught:
        make()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_model_that_nobody_knows_is_not_loaded(tmp_path: Path) -> None:
    """Its real hash is said, and the command that makes it known."""
    path = constant(tmp_path / "model.onnx", {"output0": ONE})
    text = refused(lambda: Onnx(Model(path, ("0" * 64,), names=("a", "b"))))
    assert sha256(path) in text
    assert f"framebus detector model add {path}" in text


def test_a_model_that_was_changed_is_not_loaded(tmp_path: Path) -> None:
    """One bit is enough."""
    path = constant(tmp_path / "model.onnx", {"output0": ONE})
    known = sha256(path)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    assert known not in refused(lambda: Onnx(Model(path, (known,), names=("a", "b"))))


@pytest.mark.parametrize("where", ["weights.data", "../weights.data", "absolute"])
def test_weights_that_lie_beside_the_model_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Nobody has hashed them; not even where the process stands in their folder."""
    path = constant(tmp_path / "whole.onnx", {"output0": ONE})
    folder = tmp_path / "folder"
    folder.mkdir()
    model = onnx.load(path)
    onnx.save(model, folder / "m.onnx", save_as_external_data=True, location="weights.data", size_threshold=0)
    place = {"absolute": str(tmp_path / "weights.data")}.get(where, where)
    for at in (folder, tmp_path):
        (at / "weights.data").write_bytes((folder / "weights.data").read_bytes())
    parts = onnx.load(folder / "m.onnx", load_external_data=False)
    for entry in parts.graph.initializer[0].external_data:
        if entry.key == "location":
            entry.value = place
    (folder / "m.onnx").write_bytes(parts.SerializeToString())
    monkeypatch.chdir(folder)
    text = refused(lambda: loaded(folder / "m.onnx", names=("a", "b")))
    assert "does not load" in text


def test_weights_in_other_files_are_named_as_the_reason(tmp_path: Path) -> None:
    """And what to do about it."""
    whole = onnx.load(constant(tmp_path / "whole.onnx", {"output0": ONE}))
    onnx.save(whole, tmp_path / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    assert "export it as one file" in refused(lambda: loaded(tmp_path / "m.onnx", names=("a", "b")))


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"\x80\x04pickle", b"\x00" * 1000])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    """With the file's name."""
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert str(path) in refused(lambda: loaded(path, names=("a", "b")))


def test_a_damaged_model_is_refused_or_works(tmp_path: Path) -> None:
    """One byte in it is another: it is loaded or refused in one line, and what it then finds is told or is an error."""
    content = constant(tmp_path / "whole.onnx", {"output0": ONE}, metadata={"names": "['a', 'b']"}).read_bytes()
    path = tmp_path / "model.onnx"
    for at in (*range(40), *range(len(content) - 120, len(content))):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xB7]) + content[at + 1 :])
        with suppress(FramebusError):
            loaded(path).look(drawn())


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    """Wherever it ends."""
    content = constant(tmp_path / "whole.onnx", {"output0": ONE}).read_bytes()
    path = tmp_path / "model.onnx"
    for end in range(1, len(content), 97):
        path.write_bytes(content[:end])
        assert str(path) in refused(lambda: loaded(path, names=("a", "b")))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """As a folder is."""
    for path in (tmp_path / "none.onnx", tmp_path):
        assert "expected a readable model file" in refused(lambda path=path: Onnx(Model(path, ())))  # type: ignore[misc]


def test_a_model_compiled_for_a_device_is_refused(tmp_path: Path) -> None:
    """Its code lies in a file that nobody has hashed."""
    node = onnx.helper.make_node("EPContext", ["images"], ["output0"], domain="com.microsoft", embed_mode=0)
    path = save(tmp_path / "m.onnx", [node], {}, {"output0": (np.float32, (1, 6, 40))})
    assert "compiled for a device" in refused(lambda: loaded(path, names=("a", "b")))


@pytest.mark.parametrize(
    ("outputs", "names"),
    [
        ({"output0": (1, 116, 8400), "output1": (1, 32, 160, 160)}, 80),
        ({"output0": (1, 56, 8400)}, 1),
        ({"output0": (1, 1000)}, 1000),
        ({"output0": (1, 85, 20, 20)}, 80),
        ({"output0": (200, 7)}, 80),
        ({"logits": (1, 300, 91), "pred_boxes": (1, 300, 4)}, 80),
        ({"logits": (1, 300, 80), "pred_boxes": (1, 200, 4)}, 80),
        ({"logits": (1, 300, 80), "pred_boxes": (1, 300, 5)}, 80),
        ({"a": (1, 3, 80, 80, 85), "b": (1, 3, 40, 40, 85), "c": (1, 3, 20, 20, 85)}, 80),
    ],
)
def test_outputs_that_are_not_understood_are_named(
    tmp_path: Path, outputs: dict[str, tuple[int, ...]], names: int
) -> None:
    """Masks, key points, whole pictures, raw grids: with names and shapes of what was found."""
    zeros = {name: np.zeros(shape, np.float32) for name, shape in outputs.items()}
    path = constant(tmp_path / "model.onnx", zeros)
    text = refused(lambda: loaded(path, names=tuple(f"n{number}" for number in range(names))))
    for name, shape in outputs.items():
        assert f"{name} [{', '.join(map(str, shape))}]" in text


@pytest.mark.parametrize("task", ["segment", "pose", "obb", "classify"])
def test_a_model_for_something_else_is_refused(tmp_path: Path, task: str) -> None:
    """Its maker says what it is for; masks and key points might have the shape of boxes."""
    path = constant(tmp_path / "model.onnx", {"output0": ONE}, metadata={"task": task, "names": "['a', 'b']"})
    assert f"its task is '{task}'" in refused(lambda: loaded(path))


def test_a_wrong_number_of_names_is_told(tmp_path: Path) -> None:
    """What there is, and what would fit."""
    path = constant(tmp_path / "model.onnx", {"output0": np.zeros((1, 84, 40), np.float32)})
    text = refused(lambda: loaded(path, names=("a", "b", "c")))
    assert "output0 [1, 84, 40], with 3 names" in text
    assert "[1, 7, N]" in text


def test_a_model_without_names_wants_some(tmp_path: Path) -> None:
    """A number is no label."""
    assert "--names" in refused(lambda: loaded(constant(tmp_path / "model.onnx", {"output0": ONE})))


@pytest.mark.parametrize(
    "inputs",
    [
        {"images": (np.float32, (1, 64, 64, 3))},
        {"images": (np.float32, (4, 3, 64, 64))},
        {"images": (np.float32, (1, 1, 64, 64))},
        {"images": (np.float64, (1, 3, 64, 64))},
        {"images": (np.float32, (1, 3, 64, 5000))},
        {"images": (np.float32, (3, 64, 64))},
        {"images": (np.float32, (1, 3, 64, 64)), "scale_factor": (np.float32, (1, 2))},
    ],
    ids=str,
)
def test_inputs_that_are_not_understood_are_named(tmp_path: Path, inputs: dict[str, Any]) -> None:
    """Other orders, batches, grey pictures, other types, more inputs."""
    path = constant(tmp_path / "model.onnx", {"output0": ONE}, inputs=inputs)
    text = refused(lambda: loaded(path, names=("a", "b")))
    assert all(f"{name} " in text for name in inputs)


def test_a_shape_of_two_families_wants_a_word(tmp_path: Path) -> None:
    """[1, 7, 8] with 3 names is YOLOv8's form and YOLOv5's."""
    path = constant(tmp_path / "model.onnx", {"output0": np.zeros((1, 7, 8), np.float32)})
    names = ("a", "b", "c")
    assert "say --model-kind" in refused(lambda: loaded(path, names=names))
    assert loaded(path, names=names, kind="yolov5").says.startswith("yolov5")
    assert loaded(path, names=names, kind="yolov8").says.startswith("yolov8")
    assert "expected" in refused(lambda: loaded(path, names=names, kind="detr"))


@pytest.mark.parametrize(
    ("shape", "count", "kind"),
    [
        ((1, 252, 6), 1, "yolov5"),
        ((1, 300, 6), 1, "end-to-end"),
        ((1, 300, 6), 2, "end-to-end"),
        ((1, 84, 84), 80, "yolov8"),
    ],
)
def test_a_shape_of_two_families_is_known_by_its_grids(
    tmp_path: Path, shape: tuple[int, ...], count: int, kind: str
) -> None:
    """64x64 pixels have 84 places at 8, 16 and 32 pixels, and 252 anchors; queries are as many as somebody wanted."""
    path = constant(tmp_path / "model.onnx", {"output": np.zeros(shape, np.float32)})
    assert loaded(path, names=[f"n{each}" for each in range(count)]).says == f"{kind} 64x64 on cpu"


def test_grids_are_those_of_yolo() -> None:
    """640x640 and a canvas that is no square."""
    assert is_on_grid(8400, 1, (640, 640))
    assert is_on_grid(25200, 3, (640, 640))
    assert is_on_grid(25500, 3, (640, 640))
    assert is_on_grid(5040, 1, (640, 384))
    assert not is_on_grid(300, 1, (640, 640))


def test_the_flag_knows_every_family() -> None:
    """And no other."""
    for kind in ("auto", *FAMILIES):
        assert ModelFlags(model_kind=kind).model_kind == kind  # type: ignore[arg-type]
