"""What else a rule asks for: kinds, cameras, zones, counts, confidence; and what it says before the frame is there."""

from pathlib import Path
from typing import Any

import pytest

from services.notifier.rules.judge import WAITS
from tests.notifier.rules.happenings import happening, of, seen
from tests.notifier.rules.judging import why

CAMERA = {"kind": "camera.connected", "label": None}
PERSONS = {"counts": {"person": 2, "car": 5}}
SURE = {"seen": (seen("person", 0.5), seen("car", 0.9))}
UNSURE = {"seen": (seen("person", None), seen("car", 0.9))}

ASKED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("", {}, ""),
    ("", {"kind": "detection.ended"}, "detection.ended is not in kinds: detection.started"),
    ("", CAMERA, "camera.connected is not in kinds: detection.started"),
    ("kinds: camera.*", CAMERA, ""),
    ("kinds: [service.*, camera.c*]", CAMERA, ""),
    ("kinds: [camera]", CAMERA, "camera.connected is not in kinds: camera"),
    ("kinds: '*'", CAMERA, ""),
    ("kinds: '*', alarm: person", CAMERA, "it is about no label"),
    ("kinds: '*', new_label: []", CAMERA, "it is about no label"),
    ("kinds: '*', count: 2", CAMERA, "it is about no label, count 2 is asked for"),
    ("kinds: '*', confidence: 0.1", CAMERA, "nobody said how sure it is, confidence 0.1 is asked for"),
    ("kinds: '*', zones: drive", CAMERA, "in no zone, not in zones: drive"),
    ("kinds: scheduled", {"kind": "scheduled", "label": "noon"}, ""),
    ("kinds: 'detection.*'", {"kind": "detection.ended"}, ""),
    ("kinds: 'label.[mn]ew'", {"kind": "label.new"}, ""),
    ("cameras: porch", {}, ""),
    ("cameras: 'por*'", {}, ""),
    ("cameras: ['*ch']", {}, ""),
    ("cameras: 'porc?'", {}, ""),
    ("cameras: 'por[a-c]h'", {}, ""),
    ("cameras: Porch", {}, "porch is not in cameras: Porch"),
    ("cameras: 'PORCH*'", {}, "porch is not in cameras: PORCH*"),
    ("cameras: por", {}, "porch is not in cameras: por"),
    ("cameras: [yard, 'p*']", {}, ""),
    ("cameras: por.h", {}, "porch is not in cameras: por.h"),
    ("zones: drive", {"zones": ("drive",)}, ""),
    ("zones: [gate, drive]", {"zones": ("door", "drive")}, ""),
    ("zones: drive", {"zones": ("gate", "door")}, "in door, gate, not in zones: drive"),
    ("zones: drive", {"zones": ("Drive",)}, "in Drive, not in zones: drive"),
    ("zones: drive", {}, "in no zone, not in zones: drive"),
    ("zones: drive", {"seen": (seen("person", zones=["drive"]),)}, ""),
    ("zones: drive", {"seen": (seen("car", zones=["drive"]),)}, "in no zone, not in zones: drive"),
    ("zones: drive", {"zones": ("gate",), "seen": (seen("person", zones=["drive"]),)}, ""),
    ("count: 2", PERSONS, ""),
    ("count: 3", PERSONS, "2 person, count 3 is asked for"),
    ("count: 1", {"counts": {}}, ""),
    ("count: 2", {"counts": {}}, "1 person, count 2 is asked for"),
    ("count: 2", {"counts": {"person": 0, "car": 9}}, "0 person, count 2 is asked for"),
    ("confidence: 0.5", SURE, ""),
    ("confidence: 0.51", SURE, "confidence 0.50, 0.51 is asked for"),
    ("confidence: 0", UNSURE, ""),
    ("confidence: 0.01", UNSURE, "nobody said how sure it is, confidence 0.01 is asked for"),
    ("confidence: 0.01", {}, "nobody said how sure it is, confidence 0.01 is asked for"),
    ("confidence: 1", {"seen": (seen("person", 1.0),)}, ""),
    ("confidence: 0", {"seen": (seen("person", 0.0),)}, ""),
    ("alarm: person, zones: drive, count: 2, confidence: 0.5", {**SURE, **PERSONS, "zones": ("drive",)}, ""),
    ("", {"paused": True}, "alerts are paused"),
    ("kinds: '*', urgent: true", {"paused": True}, "alerts are paused"),
)
"""The inside of a rule, what is different from a person on the porch at noon, and why it does not fire."""


@pytest.mark.parametrize(("rule", "fields", "said"), ASKED, ids=[f"{n}-{row[0]}" for n, row in enumerate(ASKED)])
def test_a_rule_fires_where_all_that_it_asks_for_is_true(
    rule: str, fields: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """Else the first thing that is not is the reason."""
    assert why(tmp_path, rule, happening(**fields)) == said


EARLY: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("alarm: person", {}, ""),
    ("alarm: person, cooldown: 0", {}, ""),
    ("alarm: cat", {}, WAITS),
    ("alarm: person, confidence: 0.5", {}, WAITS),
    ("alarm: person, confidence: 0.5", {"seen": (seen("person", None),)}, WAITS),
    ("alarm: person, confidence: 0.5", {"seen": (seen("person", 0.5),)}, ""),
    ("alarm: person, confidence: 0.5", {"seen": (seen("person", 0.4),)}, WAITS),
    ("alarm: person, zones: drive", {}, WAITS),
    ("alarm: person, zones: drive", {"zones": ("drive",)}, ""),
    ("alarm: person, count: 2", {}, WAITS),
    ("alarm: person, count: 2", {"counts": {"person": 2}}, ""),
    ("new_label: []", {}, ""),
    ("new_label: cat", {}, WAITS),
    ("new_label: cat", {"data": {"parents": []}}, ""),
    ("new_label: person", {}, "person is in new_label"),
    ("confidence: 0.5", {"camera": "yard", "paused": True}, "alerts are paused"),
    ("confidence: 0.5, cameras: yard", {}, "porch is not in cameras: yard"),
    ("confidence: 0.5, kinds: mark", {}, "detection.started is not in kinds: mark"),
    ("confidence: 0.5, active: '22:00-06:00'", {}, "not active at this time"),
)


@pytest.mark.parametrize(("rule", "fields", "said"), EARLY, ids=[f"{n}-{row[0]}" for n, row in enumerate(EARLY)])
def test_before_the_frame_only_what_it_cannot_take_back_is_said(
    rule: str, fields: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """An event of an older detector knows neither confidences nor parents."""
    assert why(tmp_path, rule, happening(**fields), early=True) == said


def test_what_waited_is_decided_with_the_frame(tmp_path: Path) -> None:
    """With what there is, if none came."""
    rule = "alarm: animal, confidence: 0.5"
    assert why(tmp_path, rule, happening(label="cat"), early=True) == WAITS
    assert why(tmp_path, rule, of("cat", "animal")) == ""
    assert why(tmp_path, rule, happening(label="cat")) == "cat is not in alarm: animal"
