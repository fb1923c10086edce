"""The package ultralytics for real, in an environment of its own: random weights of each family, .pt and exported.

Torch is 2.4 GB on the disk: only with FRAMEBUS_TEST_TORCH=1 (`make proof`).
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = Path(__file__).with_name("ultralytics_check.py")
FAMILIES = ("yolov5n", "yolov8n", "yolov10n", "yolo11n", "yolo26n", "rtdetr-l")
INSTALL_S, RUN_S = 900, 300


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an environment made as docs/models.md says."""
    home = tmp_path_factory.mktemp("ultralytics") / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    wanted = [f"{ROOT}[detector,onnx,ultralytics]", "onnx"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install", "--quiet", *wanted],
        check=True,
        timeout=INSTALL_S,
    )
    return home / "bin" / "python"


@pytest.mark.parametrize("family", FAMILIES)
def test_our_reading_of_an_export_is_the_packages_own(family: str, python: Path, tmp_path: Path) -> None:
    """The fifty surest boxes overlap by 0.99 and more, the labels are the same; the .pt finds things too."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "YOLO_CONFIG_DIR": str(tmp_path)}
    command = [str(python), str(CHECK), str(tmp_path), f"{family}.yaml"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=RUN_S, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])[f"{family}.yaml"]
    assert result["found"] > 10
    assert result["pt"] > 10
    assert result["labels_agree"]
    assert result["worst_overlap"] >= 0.99
