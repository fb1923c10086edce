"""One line of the MOTChallenge."""

import pytest

from libs.common.mot import read_line


def test_a_line_of_truth() -> None:
    """Frame 1 is seq 0; the box is left, top, right, bottom."""
    line = read_line("3,7,10.5,20,30,40,1,1,0.25")
    assert (line.seq, line.id, line.box) == (2, 7, (10.5, 20, 40.5, 60))
    assert (line.confidence, line.counts, line.visibility) == (1, True, 0.25)


@pytest.mark.parametrize("text", ["1,-1,0,0,5,5,47.3", "1,-1,0,0,5,5,47.3,-1,-1,-1", "1,-1,0,0,5,5,47.3,-1,-1"])
def test_a_line_of_detections(text: str) -> None:
    """Scores of any size, no id, no class, nothing about what can be seen."""
    line = read_line(text)
    assert (line.id, line.confidence, line.counts, line.visibility) == (-1, 1, True, 1)


@pytest.mark.parametrize(
    ("tail", "counts"), [("1,1", True), ("0,1", True), ("1,7", True), ("0,7", False), ("0,12", False)]
)
def test_another_class_with_conf_0_does_not_count(tail: str, counts: bool) -> None:
    """So the challenge marks what is not to be judged."""
    assert read_line(f"1,1,0,0,5,5,{tail},1").counts is counts


@pytest.mark.parametrize(
    "text",
    ["", "hello", "1,2,3", "0,1,0,0,5,5,1", "1.5,1,0,0,5,5,1", "1,1,0,0,-5,5,1", "1,1,nan,0,5,5,1", "1,1,0,0,inf,5,1"],
)
def test_what_is_no_line_says_what_was_expected(text: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match="expected") as error:
        read_line(text)
    assert "\n" not in str(error.value)
