"""framebus dead purge: what goes, what stays, and what Kafka cannot do."""

import json

import pytest

from libs.common.kafka_settings import KafkaSettings
from tests.ops.dead_rig import Dead, Fresh, Refused, bury, frames


def test_without_yes_it_says_what_would_go_and_keeps_it(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Status 1: it was not done."""
    source = fresh("frames")
    bury(kafka, source, frames("porch", 0, 1))
    found = dead("purge", source)
    assert found.status == 1
    assert found.lines[0] == f"{source}.dead: raw, people may be seen; 2 letters"
    assert found.lines[-1].startswith("nothing was deleted; with --yes ")
    assert dead("list", source).lines[0].endswith("; 2 letters")


def test_with_yes_all_of_them_go(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Of every partition; a second time there is nothing to do. New letters are letters again."""
    source = fresh("frames")
    bury(kafka, source, [*frames("porch", 0, 1), *frames("garden", 0)])
    found = dead("purge", source, "--yes")
    assert (found.status, found.lines[-1]) == (0, "deleted: 3 letters")
    assert dead("list", source).lines[0].endswith("; 0 letters")
    assert dead("purge", source, "--yes").lines == [f"{source}.dead: nothing to delete"]
    bury(kafka, source, frames("porch", 2))
    assert dead("list", source).lines[0].endswith("; 1 letter")


def test_until_a_time_keeps_what_is_younger(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """In each partition for itself."""
    source = fresh("frames")
    bury(kafka, source, [*frames("porch", 0), *frames("garden", 0)])
    bury(kafka, source, [Refused(b"garbage"), Refused(b"garbage", b"gate")])
    rows = json.loads(dead("list", source, "--format", "json").out)["reasons"]
    at = next(row["oldest"] for row in rows if row["reason"] == "bad-message")
    found = dead("purge", source, "--until", at, "--yes")
    assert found.lines[-1] == "deleted: 2 letters"
    assert [row["reason"] for row in json.loads(dead("list", source, "--format", "json").out)["reasons"]] == [
        "bad-message"
    ]


@pytest.mark.parametrize("choice", [["--reason", "bug"], ["--camera", "porch"], ["--group", "x"], ["--since", "-1s"]])
def test_a_choice_that_would_take_others_along_is_refused(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead, choice: list[str]
) -> None:
    """Kafka deletes from the beginning on: nothing goes, one line says why, also with --yes."""
    source = fresh("frames")
    bury(kafka, source, [Refused(b"garbage", b"garden"), *frames("porch", 0)])
    if choice[0] == "--since":
        choice = ["--since", "2099-01-01T00:00:00Z"]
    found = dead("purge", source, *choice, "--yes")
    assert (found.status, found.out) == (1, "")
    assert "Kafka deletes only from the beginning up to a time" in found.err
    assert len(found.err.splitlines()) == 1
    assert dead("list", source).lines[0].endswith("; 2 letters")


def test_a_choice_that_fits_all_of_them_is_taken(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Then it names exactly what goes."""
    source = fresh("frames")
    bury(kafka, source, frames("porch", 0, 1))
    assert dead("purge", source, "--reason", "bug", "--yes").lines[-1] == "deleted: 2 letters"
