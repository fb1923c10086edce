"""The truth about a clip, as redact-check reads it."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.ops.redact_truth import LARGEST_BYTES, MOST_IN_A_FRAME, Labelled, read_truth


def truth_of(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "truth.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_people_stand_by_frame(tmp_path: Path) -> None:
    """A frame that has no line is not there: it is unlabelled, not empty."""
    found = read_truth(truth_of(tmp_path, "\ufeff1,4,10,20,30,40,1,1,1\r\n\r\n3,4,11,20,30,40,1,1,1\n"))
    assert found == {0: [Labelled(4, (10, 20, 40, 60))], 2: [Labelled(4, (11, 20, 41, 60))]}


def test_whoever_is_not_to_be_judged_is_left_out_and_the_frame_is_labelled(tmp_path: Path) -> None:
    """Another class with conf 0; somebody behind a wall."""
    assert read_truth(truth_of(tmp_path, "1,1,0,0,9,9,0,7,1\n2,2,0,0,9,9,1,1,0.1\n3,3,0,0,9,9,1,1,0.11\n")) == {
        0: [],
        1: [],
        2: [Labelled(3, (0, 0, 9, 9))],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it labels nobody, expected lines frame,id,left"),
        ("1,1,0,0,9,9,0,7,1\n", "it labels nobody"),
        ("1,1,0,0,9,9,1\nnobody\n", "line 2: 'nobody': expected a number"),
        ("1,1.5,0,0,9,9,1\n", "line 1: id: expected a whole number"),
        (b"\xff\xfe\x00\x01", "expected a text file of lines frame,id,left"),
        (b"\0" * (LARGEST_BYTES + 1), "expected at most 32 MiB"),
        ("1,1,0,0,9,9,1\n" * (MOST_IN_A_FRAME + 1), "line 1001: expected at most 1000 people in a frame"),
    ],
    ids=["empty", "nobody", "words", "id", "bytes", "huge", "crowd"],
)
def test_a_truth_that_is_none_is_refused_in_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    """It names the file and says what was expected."""
    path = truth_of(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        read_truth(path)
    assert str(error.value).startswith(f"--truth {path}: {said}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["", "nope.txt", "x" * 5000, "a\0b"])
def test_a_truth_that_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A folder, too."""
    with pytest.raises(SettingsError, match="expected a text file"):
        read_truth(tmp_path / name)
