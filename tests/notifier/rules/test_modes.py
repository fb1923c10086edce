"""Which labels are told: those that are listed, or those that are not."""

import json
from pathlib import Path

import pytest

from tests.notifier.rules.happenings import happening, of, seen
from tests.notifier.rules.judging import why
from tests.notifier.rules.modes import ALARM, NEW_LABEL, Example


def name_of(example: Example) -> str:
    return f"{','.join(example.listed)}-{example.label}-{','.join(example.parents)}"


@pytest.mark.parametrize("example", ALARM, ids=name_of)
def test_alarm_tells_what_is_listed(example: Example, tmp_path: Path) -> None:
    """In any case; a label whose parent is listed is one of that kind."""
    said = why(tmp_path, f"alarm: {json.dumps(example.listed)}", of(example.label, *example.parents))
    assert (said == "") == example.told, said


@pytest.mark.parametrize("example", NEW_LABEL, ids=name_of)
def test_new_label_tells_what_is_not_listed(example: Example, tmp_path: Path) -> None:
    """Nor has a listed parent; with an empty list that is anything."""
    said = why(tmp_path, f"new_label: {json.dumps(example.listed)}", of(example.label, *example.parents))
    assert (said == "") == example.told, said


@pytest.mark.parametrize("example", [each for each in (*ALARM, *NEW_LABEL) if each.listed], ids=name_of)
def test_what_one_mode_tells_the_other_does_not(example: Example, tmp_path: Path) -> None:
    """Of the same list: every label that comes is told by exactly one of them."""
    what = of(example.label, *example.parents)
    told = [not why(tmp_path, f"{mode}: {json.dumps(example.listed)}", what) for mode in ("alarm", "new_label")]
    assert sum(told) == (example.label is not None)


def test_parents_of_another_label_in_sight_do_not_count(tmp_path: Path) -> None:
    """A car stands there, and a cat comes: that is no vehicle."""
    both = (seen("cat"), seen("car", parents=["vehicle"]))
    assert why(tmp_path, "alarm: vehicle", happening(label="cat", seen=both)) == "cat is not in alarm: vehicle"
    assert why(tmp_path, "new_label: vehicle", happening(label="cat", seen=both)) == ""


def test_a_label_that_stands_there_does_not_count_when_another_comes(tmp_path: Path) -> None:
    """It was told when it came."""
    both = (seen("cat"), seen("person"))
    assert why(tmp_path, "alarm: person", happening(label="cat", seen=both)) == "cat is not in alarm: person"


def test_the_reason_names_what_decided(tmp_path: Path) -> None:
    """For people who ask why they were not told."""
    assert why(tmp_path, "new_label: [cat, dog]", of("cat")) == "cat is in new_label"
    assert why(tmp_path, "new_label: animal", of("cat", "animal")) == "cat is a animal, which is in new_label"
    assert why(tmp_path, "alarm: [b, a]", of("cat")) == "cat is not in alarm: a, b"
    assert why(tmp_path, "alarm: [a, b, c, d, e, f, g]", of("cat")) == "cat is not in alarm: a, b, c, d, e and 2 more"


def test_without_a_mode_any_label_will_do_and_none_too(tmp_path: Path) -> None:
    """Then kinds alone decide."""
    assert why(tmp_path, "", of("person")) == ""
    assert why(tmp_path, "kinds: camera.*", happening(kind="camera.dark", label=None)) == ""
