"""The redactor's flags: what it says before it starts."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.redactor.__main__ import main

UNDONE = "can be undone"
PIPE = ["-i", "-", "-t", "-"]


def test_help_offers_blur_only_with_the_warning(capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever argparse breaks the line."""
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"--cover solid|pixelate|blur how it looks; pixelate and blur {UNDONE}" in said


@pytest.mark.parametrize("style", ["solid", "pixelate", "blur"])
def test_check_says_what_is_covered_and_how(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the warning where there is something to warn of."""
    assert main([*PIPE, "--check", "--cover", style, "all-but", "Car"]) == 0
    said = capsys.readouterr().out
    assert f"covers every label but car: {style} margin=0.15" in said
    assert (f"--cover {style} {UNDONE}" in said) is (style != "solid")


@pytest.mark.parametrize("style", ["solid", "pixelate", "blur"])
def test_the_log_warns_once_at_start(style: str) -> None:
    """One line, before the first frame."""
    command = [sys.executable, "-m", "services.redactor", *PIPE, "--cover", style]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=60)
    assert [UNDONE in line for line in done.stderr.splitlines() if "WARNING" in line] == [True] * (style != "solid")


def test_check_says_that_no_lookahead_is_weaker(capsys: pytest.CaptureFixture[str]) -> None:
    """For the impatient."""
    assert main([*PIPE, "--check", "--lookahead", "0"]) == 0
    assert "--lookahead 0 is weaker" in capsys.readouterr().out


def test_check_names_the_masks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose, and how many."""
    (tmp_path / "m.yaml").write_text("porch: [{box: [0, 0, 1, 0.1]}]\n")
    assert main([*PIPE, "--check", "--masks", str(tmp_path / "m.yaml")]) == 0
    assert "masks: porch 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--masks", "/does/not/exist"], "--masks /does/not/exist: expected readable YAML"),
        (["--masks", "/"], "--masks /: expected readable YAML"),
        (["--masks", "/dev/null"], "--masks /dev/null: expected a map"),
        (["--cover", "mosaic"], "--cover"),
        (["--keep-tracks", "--no-boxes"], "--keep-tracks: unused with --no-boxes"),
        (["person", "all-but", "car"], "expected all-but once"),
        (["all-but"], "expected all-but once"),
    ],
)
def test_what_cannot_be_meant_stops_at_start(flags: list[str], said: str, capsys: pytest.CaptureFixture[Any]) -> None:
    """Status 2 and one line, with and without --check."""
    for check in ([], ["--check"]):
        assert main([*PIPE, *check, *flags]) == 2
        line = capsys.readouterr().err
        assert said in line
        assert line.count("\n") == 1
