"""The backend that says again what a file says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.messages import Detection, replace
from libs.common.testing import frame
from services.detector.backends.replay import Replay
from services.detector.picture import Picture
from services.detector.settings import Settings
from tests.detector.stage import stage_of

EMPTY = Detection(label="person", confidence=1, box=(0, 0, 1, 1))
WHOLE = "1,7,32,24,64,48,1,1,0.5\n"


def replay(folder: Path, text: str) -> Replay:
    path = folder / "truth.txt"
    path.write_text(text)
    return Replay(path)


def row(seq: int = 0, **fields: object) -> str:
    """A line of JSON."""
    return json.dumps({"seq": seq, "label": "cat", "confidence": 0.9, "box": [0.1, 0.2, 0.3, 0.4], **fields}) + "\n"


def test_behind_a_gate_it_says_what_lies_in_a_part(tmp_path: Path) -> None:
    """The file's boxes are those of the whole frame: looked at in parts, they stay where they are."""
    part = Picture(frame()).part((0.0, 0.0, 0.5, 0.5))
    (found,) = replay(tmp_path, WHOLE).look(part) or ()
    assert part.back(found.box) == pytest.approx((0.1, 0.1, 0.3, 0.3))
    assert replay(tmp_path, WHOLE).look(Picture(frame()).part((0.5, 0.5, 1.0, 1.0))) == ()


def test_frame_1_of_a_motchallenge_file_is_seq_0(tmp_path: Path) -> None:
    """Pixels of a picture of 320x240 become shares of it; every label is person."""
    backend = replay(tmp_path, WHOLE)
    assert backend.labels == ("person",)
    assert backend.look(Picture(frame(seq=0))) == (Detection(label="person", confidence=1, box=(0.1, 0.1, 0.3, 0.3)),)


def test_lines_of_json_are_what_the_detector_says(tmp_path: Path) -> None:
    """Boxes are shares already; the labels are those that occur."""
    backend = replay(tmp_path, row() + row(2, label="person", confidence=1, box=[0, 0, 1, 1]))
    assert backend.labels == ("cat", "person")
    assert backend.look(Picture(frame(seq=0))) == (Detection(label="cat", confidence=0.9, box=(0.1, 0.2, 0.3, 0.4)),)
    assert backend.look(Picture(frame(seq=2))) == (EMPTY,)


def test_a_frame_without_lines_was_looked_at_and_one_behind_the_last_was_not(tmp_path: Path) -> None:
    """Nothing found is not the same as nobody looked."""
    backend = replay(tmp_path, WHOLE + "3" + WHOLE[1:])
    assert [backend.look(Picture(frame(seq=seq))) is None for seq in range(5)] == [False, False, False, True, True]
    assert backend.look(Picture(frame(seq=1))) == ()


def test_only_the_seq_decides(tmp_path: Path) -> None:
    """The same for every camera, boot and still."""
    backend = replay(tmp_path, row())
    others = frame(camera="other"), frame(boot="0000000b"), frame(still=True)
    assert {backend.look(Picture(other)) for other in others} == {backend.look(Picture(frame()))}


def test_pixels_are_those_of_the_picture_as_it_comes(tmp_path: Path) -> None:
    """A box may reach out of it; who is wholly outside is left out, an empty box inside is not."""
    lines = "1,1,-32,0,64,240,1\n1,2,-64,0,64,240,1\n1,3,320,0,9,9,1\n1,4,160,120,0,0,1\n"
    found = replay(tmp_path, lines).look(Picture(frame())) or ()
    assert [each.box for each in found] == [(0, 0, 0.1, 1), (0.5, 0.5, 0.5, 0.5)]
    smaller = replay(tmp_path, lines).look(Picture(replace(frame(), width=64))) or ()
    assert smaller[0].box == (0, 0, 0.5, 1)


def test_what_the_challenge_does_not_count_is_left_out(tmp_path: Path) -> None:
    """Conf 0 and another class; a pedestrian counts whatever his conf. The frame was looked at all the same."""
    cars = "1,1,0,0,9,9,0,3,1\n2,1,0,0,9,9,0,3,1\n"
    backend = replay(tmp_path, cars + "1,2,0,0,9,9,0,1,1\n1,3,0,0,9,9,1,7,1\n")
    assert len(backend.look(Picture(frame(seq=0))) or ()) == 2
    assert backend.look(Picture(frame(seq=1))) == ()


def test_scores_of_detectors_become_shares(tmp_path: Path) -> None:
    """Ten columns, no id, no class; a score may have any size."""
    lines = "".join(f"1,-1,0.5,0,9,9,{score},-1,-1,-1\n" for score in (-0.7, 0.25, 63.1, 0))
    assert [each.confidence for each in replay(tmp_path, lines).look(Picture(frame())) or ()] == [0, 0.25, 1, 0]


def test_the_stage_adds_a_verdict_of_its_own_model(tmp_path: Path) -> None:
    """A full look, at every frame up to the last."""
    stage = stage_of(replay(tmp_path, WHOLE))
    ((first,), (second,)) = stage.handle(frame(seq=0)), stage.handle(frame(seq=1))
    assert [(each.model, each.how) for each in first.message.verdicts] == [("replay", "full")]  # type: ignore[attr-defined]
    assert second.message == frame(seq=1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,1,0,0,9,9", "frame,id,left,top,width,height"),
        ("1,1,0,0,9,9,1,1,1,1,1", "frame,id,left,top,width,height"),
        ("frame,id,left,top,width,height,conf", "'frame': expected a number"),
        ("1,1,0,0,nan,9,1", "'nan': expected a number"),
        ("0,1,0,0,9,9,1", "frame: expected a whole number from 1 on"),
        ("1.5,1,0,0,9,9,1", "frame: expected a whole number from 1 on"),
        ("1,1,0,0,-9,9,1", "width, height"),
        (row().strip(), "expected a number"),
    ],
)
def test_a_broken_line_of_numbers_is_refused_by_its_number(tmp_path: Path, line: str, expected: str) -> None:
    """With the file's name, before anything is read."""
    with pytest.raises(SettingsError, match=r"truth\.txt: line 3: ") as error:
        replay(tmp_path, f"{WHOLE}\n{line}\n{WHOLE}")
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "JSON"),
        (WHOLE.strip(), "JSON"),
        ("[]", "object"),
        (row(-1), "seq"),
        (row(label="Cat"), "label"),
        (row(confidence=1.1), "confidence"),
        (row(confidence="1"), "confidence"),
        (row(box=[0, 0, 1]), "box.3"),
        (row(box=[0, 0, 1, 1.5]), "box.3"),
        (row(box=[0.5, 0, 0.4, 1]), "left, top, right, bottom"),
        (row(extra=1), "extra"),
        (row().replace("0.9", "NaN"), "confidence"),
    ],
)
def test_a_broken_line_of_json_is_refused_by_its_number(tmp_path: Path, line: str, expected: str) -> None:
    """It says which key."""
    with pytest.raises(SettingsError, match=r"truth\.txt: line 2: ") as error:
        replay(tmp_path, row() + line)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe1"])
def test_a_file_without_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, or no text."""
    (tmp_path / "truth.txt").write_bytes(content)
    with pytest.raises(SettingsError, match=r"truth\.txt: "):
        Replay(tmp_path / "truth.txt")


def detector(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services", "detector", "-i", "-", "-t", "-", *words]
    return subprocess.run(command, capture_output=True, text=True, input="", timeout=60, check=False)


@pytest.mark.parametrize("words", [[], ["--check"]])
def test_the_command_ends_with_2_and_one_line(tmp_path: Path, words: list[str]) -> None:
    """A broken file is a wrong setting."""
    path = tmp_path / "truth.txt"
    path.write_text("1,2,3\n")
    done = detector("--backend", f"replay:{path}", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"framebus detector: --backend replay:{path}: line 1: expected frame,id,")
    assert done.stderr.count("\n") == 1


def test_check_shows_the_backend_and_its_labels(tmp_path: Path) -> None:
    """The file is read for it."""
    path = tmp_path / "truth.txt"
    path.write_text(row())
    done = detector("--backend", f"replay:{path}", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "backend replay: looks for cat\n" in done.stdout


@pytest.mark.parametrize("name", ["replay", "replay:", "yolo", "Motion", ""])
def test_an_unknown_backend_is_refused(name: str) -> None:
    """And the known ones are named."""
    with pytest.raises(SettingsError) as error:
        load(Settings, ["--backend", name], "framebus detector", "")
    assert "--backend" in str(error.value)
    assert "replay:FILE" in str(error.value) or "at least 1" in str(error.value)
