"""The backend `onnx` as a part of the detector: names, caps, failures, devices, threads, one session."""

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from libs.common.errors import FramebusError, SettingsError
from libs.common.messages import Event, Frame, replace
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.detector.__main__ import main
from services.detector.backends.onnx import Onnx
from services.detector.backends.onnx_session import devices
from services.detector.choose import Kit, backends
from services.detector.counts import Counts
from services.detector.picture import Picture
from services.detector.settings import Settings
from tests.detector.stage import stage_of
from tests.models.make import brightness, constant
from tests.models.using import drawn, frame_of, loaded, sha256, white_on_grey

MIDDLE = np.float32([[32], [32], [20], [20]])


def lit(value: int) -> Frame:
    """A picture of one brightness."""
    return frame_of(np.full((64, 64, 3), value, np.uint8))


def test_confidence_is_what_the_model_says(tmp_path: Path) -> None:
    """Below the least that counts there is nothing."""
    backend = loaded(brightness(tmp_path / "model.onnx", MIDDLE))
    (found,) = backend.look(Picture(lit(204)))
    assert found.confidence == pytest.approx(0.8, abs=0.01)
    assert backend.look(Picture(lit(25))) == ()
    assert len(loaded(tmp_path / "model.onnx", confidence=0.05).look(Picture(lit(25)))) == 1


def test_its_name_and_labels_go_into_the_verdict(tmp_path: Path) -> None:
    """Labels that stand for nothing are not promised."""
    output = np.zeros((1, 7, 40), np.float32)
    backend = loaded(constant(tmp_path / "Tiny.onnx", {"output0": output}), names=("Person", "-", "car"))
    assert (backend.model, backend.labels) == ("onnx:Tiny", ("person", "car"))


def test_a_class_that_stands_for_nothing_is_not_told(tmp_path: Path) -> None:
    """The others are."""
    rows = np.float32([[[1, 1, 9, 9, 0.9, 0], [1, 1, 9, 9, 0.8, 1]]])
    backend = loaded(constant(tmp_path / "model.onnx", {"output0": rows}), names=("-", "car"))
    assert [each.label for each in backend.look(drawn())] == ["car"]


@pytest.mark.parametrize("number", [2, -1, 1e6])
def test_a_class_without_a_name_is_a_failure(tmp_path: Path, number: float) -> None:
    """Names and model do not belong together; left out, somebody might stay uncovered."""
    rows = np.float32([[[1, 1, 9, 9, 0.9, number]]])
    backend = loaded(constant(tmp_path / "model.onnx", {"output0": rows}), names=("a", "b"))
    with pytest.raises(FramebusError):
        backend.look(drawn())


def test_pixels_where_shares_are_expected_are_a_failure(tmp_path: Path) -> None:
    """All would lie outside of the picture, as if nobody were there."""
    rows = np.float32([[[320, 320, 50, 50, 0.9, 0.1, 0.1]]])
    backend = loaded(constant(tmp_path / "model.onnx", {"output0": rows}), names=("a", "b", "c"))
    with pytest.raises(FramebusError, match="--model-kind"):
        backend.look(drawn())


def test_shares_where_pixels_are_expected_are_a_failure(tmp_path: Path) -> None:
    """All would lie in a corner. An RT-DETR that does not say what it is has the shape of the end-to-end form."""
    rows = np.float32([[[0.5, 0.5, 0.2, 0.2, 0.9, 1]]])
    path = constant(tmp_path / "model.onnx", {"output0": rows})
    with pytest.raises(FramebusError, match="--model-kind"):
        loaded(path, names=("a", "b")).look(drawn())
    (found,) = loaded(path, names=("a", "b"), kind="rt-detr-end-to-end").look(drawn())
    assert found.box == pytest.approx((0.4, 0.4, 0.6, 0.6), abs=1e-6)


def test_boxes_end_at_the_picture(tmp_path: Path) -> None:
    """What lies in the grey beside it is left out."""
    rows = np.float32([[[-50, -50, 30, 30, 0.9, 0], [10, 50, 30, 500, 0.8, 0], [5, 1, 20, 9, 0.7, 0]]])
    backend = loaded(constant(tmp_path / "model.onnx", {"output0": rows}), names=("a", "b"))
    picture, _ = white_on_grey(128, 64, (0, 0, 0, 0))
    assert [each.box for each in backend.look(picture)] == [(0.0, 0.0, 0.46875, 0.4375)]


def test_too_many_share_boxes_and_are_counted(tmp_path: Path) -> None:
    """Each lies in what is told."""
    random = np.random.default_rng(1)
    low = random.uniform(0, 50, (900, 2))
    rows = np.concatenate((low, low + 5, random.uniform(0.3, 1, (900, 1)), random.integers(0, 2, (900, 1))), axis=1)
    path = constant(tmp_path / "model.onnx", {"output0": np.float32(rows[None])})
    counts = Counts(Metrics())
    settings = Settings(backend=(f"onnx:{path}",), model_sha256=(sha256(path),), names=("a", "b"), device="cpu")
    (backend,) = backends(Kit(settings, counts, FakeClock()))
    picture, _ = white_on_grey(64, 64, (0, 0, 0, 0))
    assert len(backend.look(picture) or ()) <= 300
    assert counts.capped.labels("detections")._value.get() == 600


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_frame_whose_outputs_are_no_numbers_is_not_looked_at(tmp_path: Path, value: float) -> None:
    """It goes on without a verdict, and the failure is told once: never as a frame with nobody in it."""
    output = np.full((1, 6, 40), value, np.float32)
    good = constant(tmp_path / "good.onnx", {"output0": np.zeros((1, 6, 40), np.float32)})
    bad = loaded(constant(tmp_path / "bad.onnx", {"output0": output}), names=("a", "b"))
    stage = stage_of(bad, loaded(good, names=("a", "b")), events_topic="events")
    frame = lit(80)
    (out, event) = stage.handle(frame)
    assert isinstance(out.message, Frame)
    assert isinstance(event.message, Event)
    assert [verdict.model for verdict in out.message.verdicts or ()] == ["onnx:good"]
    assert event.message.kind == "service.failing"
    assert len(list(stage.handle(replace(frame, seq=1)))) == 1


def test_all_inputs_use_one_session(tmp_path: Path) -> None:
    """A model is in memory once."""
    path = brightness(tmp_path / "model.onnx", MIDDLE)
    settings = Settings(input=("a", "b"), backend=(f"onnx:{path}",), model_sha256=(sha256(path),))
    kit = Kit(settings, Counts(Metrics()), FakeClock())
    assert backends(kit)[0] is backends(kit)[0]


def test_confidence_asked_for_by_a_filter_reaches_the_model(tmp_path: Path) -> None:
    """Less than usual for one label is less for all of them; the filter does the rest."""
    path = brightness(tmp_path / "model.onnx", MIDDLE)
    more: Any = {"backend": (f"onnx:{path}",), "model_sha256": (sha256(path),)}
    for words, count in (((), 0), (("bright=0.05",), 1), (("0.6",), 0)):
        kit = Kit(Settings(confidence=words, **more), Counts(Metrics()), FakeClock())
        assert len(backends(kit)[0].look(Picture(lit(25))) or ()) == count


@pytest.mark.parametrize("device", ["cuda", "tensorrt", "openvino", "azure", "nonsense", "cuda:1"])
def test_a_device_that_is_not_here_is_named_with_those_that_are(
    tmp_path: Path, device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, one line."""
    if device.partition(":")[0] in devices():
        pytest.skip(f"{device} is here")
    path = brightness(tmp_path / "model.onnx", MIDDLE)
    words = ["-i", "-", "-t", "-", "--check", "--backend", f"onnx:{path}", "--model-sha256", sha256(path)]
    assert main([*words, "--device", device]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"--device {device.partition(':')[0]}" in said
    assert "cpu" in said


def test_the_cpu_is_always_here() -> None:
    """What sends pictures elsewhere is not offered."""
    assert "cpu" in devices()
    assert "azure" not in devices()


def test_threads_are_bounded_and_do_not_spin(tmp_path: Path) -> None:
    """A thread that waits must not take a core from others."""
    path = brightness(tmp_path / "model.onnx", MIDDLE)
    for asked, used in ((1, 1), (200, len(os.sched_getaffinity(0)))):
        options = loaded(path, threads=asked)._session._session.get_session_options()
        assert options.intra_op_num_threads == used
        assert options.inter_op_num_threads == 1
        assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_check_tries_the_model_and_says_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its labels are what it looks for."""
    path = brightness(tmp_path / "model.onnx", MIDDLE)
    words = ["-i", "-", "-t", "-", "--check", "--backend", f"onnx:{path}"]
    assert main([*words, "--model-sha256", sha256(path).upper()]) == 0
    assert "backend onnx:model: looks for bright" in capsys.readouterr().out
    assert main(words) == 2
    assert sha256(path) in capsys.readouterr().err


def test_a_runtime_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it."""
    for name in [name for name in sys.modules if name.startswith("services.detector.backends.onnx")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    kit = Kit(Settings(backend=("onnx:model.onnx",)), Counts(Metrics()), FakeClock())
    with pytest.raises(SettingsError, match=r"onnxruntime is missing: pip install 'framebus\[detector,onnx\]'"):
        backends(kit)


def test_a_model_that_fails_when_it_is_tried_is_refused(tmp_path: Path) -> None:
    """At start, not at the first frame."""
    path = brightness(tmp_path / "model.onnx", np.zeros((4, 3)))
    content = path.read_bytes().replace(b"Expand", b"Concat")
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"model\.onnx"):
        loaded(path)


def test_pictures_of_other_cameras_do_not_mix(tmp_path: Path) -> None:
    """A canvas is used again; nothing of the one before is left on it."""
    backend: Onnx = loaded(brightness(tmp_path / "model.onnx", MIDDLE), confidence=0.01)
    alone = {value: backend.look(Picture(lit(value)))[0].confidence for value in (20, 250)}
    for value in (250, 20, 250):
        assert backend.look(Picture(lit(value)))[0].confidence == alone[value]
