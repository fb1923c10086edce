"""The flags of filters and scenes, as an operator gives them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from libs.common import codec
from libs.common.flags import read
from libs.common.messages import Frame
from libs.common.settings_environment import PREFIX
from libs.common.testing import frame
from services.detector.__main__ import main
from services.detector.limits import Range
from services.detector.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh shell."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def settings(*flags: str) -> Settings:
    return read(Settings, flags, "framebus detector", "").settings


def test_flags_become_rules() -> None:
    """One value for all and others for some, in any order, repeated or with commas."""
    rules = settings(
        "--labels", "person,car", "--confidence", "person=0.25", "--confidence", "0.4", "--area", "0.001-0.5"
    ).rules  # fmt: skip
    assert rules.labels == {"person", "car"}
    assert rules.confidence.general == Range(0.4, 1.0)
    assert rules.confidence.by_label == {"person": Range(0.25, 1.0)}
    assert rules.area.general == Range(0.001, 0.5)
    assert not rules.ratio


def test_nothing_is_filtered_unless_asked() -> None:
    """What is dropped is not covered."""
    assert not settings().rules
    assert settings().read_scenes().entries == ()


def test_a_label_may_be_two_words_and_of_any_language() -> None:
    """As models name them."""
    rules = settings("--labels", "traffic light,straßenbahn", "--ratio", "traffic light=0.2-1").rules
    assert rules.labels == {"traffic light", "straßenbahn"}
    assert list(rules.ratio.by_label) == ["traffic light"]


WRONG = [
    *[("--labels", text) for text in ("Person", "a\nb", "x" * 65, "nobody-finds-this")],
    *[("--confidence", text) for text in ("x", "nan", "-1", "1.5", "person=", "0.4,0.5", "=0.4", "nobody=0.4")],
    *[("--area", text) for text in ("x", "0.5", "0.5-0.1", "0-2", "moving=1", "-1-1", "0.1-0.5,0.2-0.6")],
    *[("--ratio", text) for text in ("x", "1", "5-0.2", "1-5000", "nan-1")],
    *[("--scenes", text) for text in ("", "/does/not/exist", "/", "/dev/null", "/dev/zero")],
]


@pytest.mark.parametrize(("flag", "text"), WRONG)
def test_a_wrong_value_is_status_2_and_one_line(flag: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the flag."""
    assert main(["--check", "--bootstrap", "127.0.0.1:1", f"{flag}={text}"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"framebus detector: {flag}")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("line", ["confidence: 0.4", "confidence: [0.4]", "labels: {a: b}", "scenes: 5"])
def test_a_wrong_value_in_the_file_is_told_so_too(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number without quotes is none of the texts that these are."""
    (tmp_path / "x.yaml").write_text(f"{line}\n")
    assert main(["--check", "--config", str(tmp_path / "x.yaml")]) == 2
    assert f"x.yaml: {line.partition(':')[0]}" in capsys.readouterr().err


def test_check_tells_what_the_scenes_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Behind the backends, without a broker for a stream."""
    (tmp_path / "s.yaml").write_text("porch: {masks: {clock: {box: [0.7, 0, 1, 0.1]}}}")
    assert main(["--check", "-i", "-", "-t", "-", "--scenes", str(tmp_path / "s.yaml"), "--labels", "moving"]) == 0
    wires, backend, look, scenes = capsys.readouterr().out.splitlines()
    assert (wires, backend) == ("- -> detector -> -", "backend motion: looks for moving")
    assert look.startswith("a look at a drawn picture of 1280x720: ")
    assert scenes == "scenes: porch: masks clock"


SCENES = """
porch:
  zones: {door: {box: [0, 0.5, 1, 1]}}
  masks: {clock: {box: [0.5, 0, 1, 0.2]}}
yard: {active: "00:00-00:01", timezone: UTC}
"""
FOUND = """
{"seq": 0, "label": "person", "confidence": 0.9, "box": [0.1, 0.3, 0.2, 0.8]}
{"seq": 0, "label": "person", "confidence": 0.9, "box": [0.6, 0.05, 0.7, 0.15]}
{"seq": 0, "label": "car", "confidence": 0.9, "box": [0.1, 0.3, 0.2, 0.8]}
"""


def test_a_running_detector_does_all_of_it(tmp_path: Path) -> None:
    """As a pipe: filtered and in its zone on the porch; the yard is not looked at so late in the day."""
    (tmp_path / "scenes.yaml").write_text(SCENES)
    (tmp_path / "found.jsonl").write_text(FOUND)
    flags = ["--backend", f"replay:{tmp_path}/found.jsonl", "--scenes", f"{tmp_path}/scenes.yaml", "--labels", "person"]
    done = subprocess.run(
        [sys.executable, "-m", "services", "detector", "-i", "-", "-t", "-", *flags],
        input=b"".join(codec.encode(frame(camera)) for camera in ("porch", "yard")),
        capture_output=True,
        check=True,
        timeout=60,
    )
    porch, yard = map(codec.decode, codec.Splitter().feed(done.stdout))
    assert isinstance(porch, Frame)
    assert isinstance(yard, Frame)
    assert [(each.label, each.box[0], each.zones) for each in porch.detections] == [("person", 0.1, ("door",))]
    assert [verdict.labels for verdict in porch.verdicts or ()] == [("person",)]
    assert (yard.verdicts, yard.detections) == (None, ())


def test_lines_without_tracks_are_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody would ever cross them."""
    scenes = tmp_path / "scenes.yaml"
    scenes.write_text("porch: {lines: {gate: [[0.2, 0.5], [0.8, 0.5]]}}\n")
    assert main(["-i", "-", "-t", "-", "--scenes", str(scenes), "--no-tracks", "--check"]) == 2
    assert "--no-tracks: expected tracks for the lines of porch" in capsys.readouterr().err
