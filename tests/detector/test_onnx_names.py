"""What a model's classes are called."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.detector.backends.onnx_names import MOST_BYTES, MOST_NAMES, names_of


def test_names_of_the_metadata_are_a_dict_or_a_list() -> None:
    """As ultralytics writes them, and as YOLOv5 did."""
    assert names_of((), {"names": "{0: 'person', 1: 'car'}"}) == ("person", "car")
    assert names_of((), {"names": "{1: 'car', 0: 'person'}"}) == ("person", "car")
    assert names_of((), {"names": "['person', 'car']"}) == ("person", "car")


def test_a_model_that_says_none_has_none() -> None:
    """Nothing is made up."""
    assert names_of((), {"author": "somebody"}) is None


def test_what_the_operator_says_comes_first() -> None:
    """In words, or in a file with one in each line."""
    assert names_of(("cat", "dog"), {"names": "['person', 'car']"}) == ("cat", "dog")


def test_a_file_has_one_name_in_each_line(tmp_path: Path) -> None:
    """Empty lines do not count."""
    path = tmp_path / "coco.names"
    path.write_text("\ufeffPerson\n\ntraffic light\r\n-\nstop, sign\n")
    assert names_of((str(path),), {}) == ("person", "traffic light", None, "stop, sign")


def test_names_become_labels() -> None:
    """Lower case, no control characters, no room around them."""
    assert names_of((), {"names": repr([" Traffic\tLight ", "ÄPFEL", "a\x00b"])}) == ("traffic light", "äpfel", "a b")


def test_a_number_that_stands_for_nothing_has_no_label() -> None:
    """As often as there are such."""
    assert names_of((), {"names": "['N/A', 'person', 'N/A', '-']"}) == (None, "person", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "person, car",
        "{0: 'person', 2: 'car'}",
        "{'0': 'person'}",
        "{True: 'person', 0: 'car'}",
        "[1, 2]",
        "'person'",
        "[" * 5000,
        "{[]: 1}",
        "-" * 50000 + "1",
        "",
        "[]",
        "['']",
        "['" + "x" * 65 + "']",
        "['a', 'A ']",
        "['-']",
        repr(["a" * 60] * 2000),
        repr([f"n{number}" for number in range(MOST_NAMES + 1)]),
    ],
    ids=lambda text: text[:20],
)
def test_other_metadata_are_refused(text: str) -> None:
    """In one line; nothing of it is run."""
    with pytest.raises(SettingsError) as caught:
        names_of((), {"names": text})
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "words", [("a", "a"), ("a", "A"), ("x" * 65, "b"), ("/does/not/exist",), ("none.txt",), ("/",)]
)
def test_other_words_are_refused(words: tuple[str, ...]) -> None:
    """Doubles, what is too long, files that are not there."""
    with pytest.raises(SettingsError, match="--names"):
        names_of(words, {})


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    """It says how much would be right."""
    with pytest.raises(SettingsError, match=str(MOST_BYTES)):
        names_of(("/dev/zero",), {})
