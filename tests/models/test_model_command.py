"""`framebus detector model add`: from a file or an address to settings that work."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml

from libs.common.flags import load
from services.detector.__main__ import main
from services.detector.choose import Kit, backends
from services.detector.settings import Settings
from tests.detector.stage import counts
from tests.models.make import constant
from tests.models.using import sha256


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """YOLOv8's form with two classes, which finds nothing."""
    found = {"output0": np.zeros((1, 6, 21), np.float32)}
    return constant(tmp_path / "tiny.onnx", found, metadata={"names": "{0: 'Person', 1: 'car'}"})


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def add(*words: object) -> int:
    return main(["model", "add", *map(str, words)])


def settings(path: str = "detector.yaml") -> Settings:
    """As `framebus detector --config` reads them."""
    return load(Settings, ["--config", path], "framebus detector", "")[0]


def test_a_model_is_tried_and_written_into_settings_that_load_it(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Path, hash and labels; nothing else has to be said."""
    assert add("tiny.onnx") == 0
    said = capsys.readouterr().out
    assert f"SHA-256 {sha256(model)}" in said
    assert "yolov8 64x64 on cpu; labels: person, car" in said
    assert "a look at a drawn picture of 1280x720" in said
    assert yaml.safe_load(Path("detector.yaml").read_text()) == {
        "backend": [f"onnx:{model}"],
        "model-sha256": [sha256(model)],
        "names": ["person", "car"],
    }
    (made,) = backends(Kit(settings(), counts(), None))  # type: ignore[arg-type]
    assert made.labels == ("person", "car")


def test_what_else_stands_in_the_settings_stays(model: Path) -> None:
    """Comments too; a gate stays before the new model, an older model gives way, its hash stays known."""
    Path("detector.yaml").write_text(
        "# ours\ninput: porch.source\nbackend: [motion, 'onnx:/old.onnx']\nmodel_sha256:\n  - " + "a" * 64 + "\n"
        "gate: true  # saves power\n"
    )
    assert add(model) == 0
    text = Path("detector.yaml").read_text()
    assert text.startswith("# ours\ninput: porch.source\ngate: true  # saves power\n")
    assert settings().backend == ("motion", f"onnx:{model}")
    assert settings().model_sha256 == ("a" * 64, sha256(model))
    assert add(model) == 0
    assert Path("detector.yaml").read_text() == text


def test_check_writes_nothing(model: Path) -> None:
    """It only looks."""
    assert add(model, "--check") == 0
    assert not Path("detector.yaml").exists()


def test_the_makers_hash_is_compared(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another one: not loaded, not written."""
    assert add(model, "--sha256", sha256(model).upper()) == 0
    assert add(model, "--sha256", "0" * 64, "--settings", "other.yaml") == 2
    assert f"its own is {sha256(model)}" in capsys.readouterr().err
    assert not Path("other.yaml").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["missing.onnx"], "expected a readable model file"),
        (["text.onnx"], "ONNX Runtime does not load it"),
        (["a,b.onnx"], "expected a path without commas"),
        (["best.pt"], "a .pt file can run what it likes: expected --sha256"),
        (["tiny.onnx", "--sha256", "beef"], "expected 64 hex digits"),
        (["tiny.onnx", "--settings", "list.yaml"], "expected a map of settings"),
        (["tiny.onnx", "--device", "abacus"], "expected auto or one of those that are here"),
        (["tiny.onnx", "--names", "one,two,three"], "3"),
        (["http://localhost:1/tiny.onnx"], "https, or --sha256 of its makers"),
        (["https://localhost:1/"], "expected a URL that ends with the name of a file"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    model: Path, words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, and no settings are written."""
    Path("text.onnx").write_text("no model")
    Path("a,b.onnx").write_bytes(model.read_bytes())
    Path("best.pt").write_bytes(b"\x80\x04")
    Path("list.yaml").write_text("- a\n")
    assert add(*words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line
    assert not Path("detector.yaml").exists()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """An HTTP server of the folder's files, on the loopback."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_url_is_fetched_once_and_kept(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the hash of its makers also over plain http; what came is compared before it gets its name."""
    with served(model.parent) as address:
        assert add(f"{address}/tiny.onnx", "--sha256", "0" * 64) == 2
        assert list(Path("models").iterdir()) == []
        assert add(f"{address}/gone.onnx", "--sha256", sha256(model)) == 2
        assert "404" in capsys.readouterr().err
        assert add(f"{address}/tiny.onnx", "--sha256", sha256(model)) == 0
        assert settings().backend == (f"onnx:{Path('models/tiny.onnx').absolute()}",)
        assert add(f"{address}/tiny.onnx", "--sha256", sha256(model)) == 2
    assert "is there already" in capsys.readouterr().err
