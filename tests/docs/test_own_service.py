"""The service that CONTRIBUTING builds works as it stands there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from libs.common import images
from libs.common.messages import Frame
from tests.docs.pages import ROOT, files
from tests.pipeline.chain import frames_of, messages

CLIP = ROOT / "deploy" / "demo" / "street.mp4"
MOST_LINES = 50


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with the example added as the page says."""
    tree = tmp_path_factory.mktemp("own")
    for folder in ("services", "libs"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    for name, text in files("python").items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    row = re.search(r'`("gray": .+)`', (ROOT / "CONTRIBUTING.md").read_text())
    assert row is not None
    table = tree / "services" / "__main__.py"
    table.write_text(table.read_text().replace("COMMANDS = {\n", f"COMMANDS = {{\n    {row[1]},\n"))
    return tree


def run(tree: Path, *words: str, stdin: bytes = b"") -> bytes:
    """A Python module, in that tree."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=tree, input=stdin, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout


def is_grey(frame: Frame) -> bool:
    """Up to what coding as JPEG changes."""
    image = images.decode(frame.image).astype(int)
    return bool(np.ptp(image, axis=2).max() <= 3)


def test_its_frames_are_grey_and_all_there(tree: Path) -> None:
    """As a part of a pipe, by its name."""
    source = run(tree, "services", "producer", str(CLIP), "-t", "-", "--speed", "0", "-f", "100")
    found = frames_of(messages(run(tree, "services", "gray", "-i", "-", "-t", "-", stdin=source)))
    before = frames_of(messages(source))
    assert [frame.frame_id for frame in found] == [frame.frame_id for frame in before]
    assert all(map(is_grey, found))
    assert not any(map(is_grey, before))


def test_its_own_tests_pass(tree: Path) -> None:
    """With the settings of the whole suite."""
    run(tree, "pytest", "-q", "-p", "no:cacheprovider", "tests/gray")


def test_it_is_in_the_form_that_the_project_asks_for(tree: Path) -> None:
    """Lint and format."""
    own = [name for name in files("python") if "gray" in name]
    run(tree, "ruff", "check", "--no-cache", *own)
    run(tree, "ruff", "format", "--no-cache", "--check", *own)


def test_it_is_as_short_as_the_page_promises() -> None:
    """Without its test and without empty lines."""
    texts = [text for name, text in files("python").items() if name.startswith("services/gray/")]
    assert len([line for text in texts for line in text.splitlines() if line]) <= MOST_LINES
