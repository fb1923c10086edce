"""`--check` has every backend look at a drawn picture: who fails there is found before the first frame."""

from pathlib import Path

import pytest

from services.detector.__main__ import main

WORKS = "def look(image):\n    assert image.shape == (720, 1280, 3)\n    return []\n"
FAILS = "def look(image):\n    raise ValueError('no such weights')\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / f"looks_{tmp_path.name}.py"


def checked(module: Path, text: str) -> int:
    module.write_text(text)
    return main(["-i", "-", "-t", "-", "-b", "motion", "-b", f"python:{module.stem}:look", "--check"])


def test_every_backend_looks_once(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And how long it took is said."""
    assert checked(module, WORKS) == 0
    assert capsys.readouterr().out.count("a look at a drawn picture of 1280x720: ") == 2


def test_one_that_fails_is_a_wrong_setting(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, one line that names it."""
    assert checked(module, FAILS) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"python:{module.stem}:look: expected it to look at a drawn picture" in line
