"""The file of --scenes: what counts for which camera, and what the one line says about what does not."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.detector.scenes import EMPTY, NO_SCENES, Scene, Scenes, read_scenes

GOOD = """
porch:
  zones:
    street: {box: [0, 0.5, 1, 1]}
    door: [[0.1, 0.2], [0.4, 0.2], [0.4, 0.9], [0.1, 0.9]]
  masks: {clock: [[0.7, 0.0], [1.0, 0.0], [1.0, 0.06], [0.7, 0.06]]}
  lines: {gate: [[0.2, 0.5], [0.8, 0.5]]}
  active: ["Mon-Fri 18:00-06:00", "Sat,Sun 00:00-24:00"]
  timezone: Europe/Berlin
"yard*":
  zones: {lawn: {box: [0, 0, 1, 1]}}
"*":
  masks: {clock: {box: [0.7, 0, 1, 0.06]}}
"""


def read(tmp_path: Path, text: str) -> Scenes:
    file = tmp_path / "scenes.yaml"
    file.write_text(text)
    return read_scenes(file)


def test_everything_of_a_camera_is_there_by_name_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Polygons, lines as two points, hours in their zone."""
    scene = read(tmp_path, GOOD).of("porch")
    assert list(scene.zones) == ["street", "door"]
    assert scene.zones["street"] == ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0))
    assert list(scene.masks) == ["clock"]
    assert scene.lines == {"gate": ((0.2, 0.5), (0.8, 0.5))}
    assert scene.hours is not None
    assert str(scene.hours.zone) == "Europe/Berlin"
    assert len(scene.hours.windows) == 2


def test_the_first_entry_that_matches_is_the_scene(tmp_path: Path) -> None:
    """Nothing is put together from several: the mask for all others is not the porch's nor the yard's."""
    scenes = read(tmp_path, GOOD)
    assert list(scenes.of("yard-2").zones) == ["lawn"]
    assert scenes.of("yard-2").masks == {}
    assert list(scenes.of("garage").masks) == ["clock"]


def test_a_camera_without_entry_has_an_empty_scene(tmp_path: Path) -> None:
    """Always active, nothing masked."""
    assert read(tmp_path, "porch: {lines: {gate: [[0, 0], [1, 1]]}}").of("yard") == EMPTY == Scene()
    assert NO_SCENES.of("porch") == EMPTY


def test_what_was_read_is_told_in_one_line(tmp_path: Path) -> None:
    """For --check."""
    assert str(read(tmp_path, GOOD)) == (
        "scenes: porch: zones street, door, masks clock, lines gate, active in Europe/Berlin; "
        "yard*: zones lawn; *: masks clock"
    )


def test_entries_may_share_parts_as_yaml_does(tmp_path: Path) -> None:
    """Anchors and merge keys save writing the same mask twice."""
    scenes = read(tmp_path, "a: &a {masks: {clock: {box: [0, 0, 1, 0.1]}}}\nb: {<<: *a, lines: {g: [[0, 0], [1, 1]]}}")
    assert scenes.of("b").masks == scenes.of("a").masks
    assert list(scenes.of("b").lines) == ["g"]


AREA = "[[0, 0], [1, 0], [1, 1]]"
WRONG = {
    "empty": ("", "expected a map: camera or glob"),
    "a list": ("[porch]", "expected a map: camera or glob"),
    "broken": ("porch: [", "expected readable YAML"),
    "twice": (f"porch: {{zones: {{a: {AREA}, a: {AREA}}}}}", "'a' is there twice"),
    "number as a camera": ("5: {}", "5: expected a camera or glob, in quotes"),
    "no camera": ('"a b": {}', "expected names of cameras"),
    "never used": (f'"*": {{zones: {{a: {AREA}}}}}\nporch: {{zones: {{a: {AREA}}}}}', "porch: never used, * above"),
    "never used either": (f'"po*": {{zones: {{a: {AREA}}}}}\nporch: {{}}', "porch: never used, po* above"),
    "nothing": ("porch: {}", "porch: expected a map with zones, masks, lines, active or timezone"),
    "no map": ("porch: [zones]", "porch: expected a map"),
    "unknown key": ("porch: {zone: {}}", "porch, zone: expected zones, masks, lines, active or timezone"),
    "key that YAML reads": ("porch: {yes: 1}", "porch, True: expected zones"),
    "no zones": ("porch: {zones: {}}", "porch, zones: expected a map of 1 to 64 names"),
    "zones as a list": (f"porch: {{zones: [{AREA}]}}", "porch, zones: expected a map of 1 to 64 names"),
    "no masks": ("porch: {masks: null}", "porch, masks: expected a map of 1 to 64 names"),
    "name with a space": (f'porch: {{zones: {{"a b": {AREA}}}}}', "porch, zones, a b: expected a name of letters"),
    "name that is a number": (f"porch: {{zones: {{1: {AREA}}}}}", "porch, zones, 1: expected a name of letters"),
    "name that YAML reads": (f"porch: {{masks: {{on: {AREA}}}}}", "porch, masks, True: expected a name of letters"),
    "two corners": ("porch: {zones: {door: [[0, 0], [1, 1]]}}", "porch, zones, door: 2 different corners"),
    "pixels": ("porch: {masks: {c: [[0, 0], [640, 0], [1, 1]]}}", "porch, masks, c, corner 2: expected numbers"),
    "line of three": (f"porch: {{lines: {{gate: {AREA}}}}}", "porch, lines, gate: expected two points"),
    "line of one point": ("porch: {lines: {gate: [[0, 0], [0, 0]]}}", "porch, lines, gate: both points are the same"),
    "line beyond": ("porch: {lines: {gate: [[0, 0], [0, 2]]}}", "porch, lines, gate, point 2: expected numbers"),
    "a time without quotes": ("porch: {active: 5:00, timezone: UTC}", "porch, active: expected a list of text like"),
    "times without quotes": ("porch: {active: [5:00], timezone: UTC}", "not '300' (a time without quotes is a number"),
    "no time zone": ('porch: {active: ["18:00-06:00"]}', "porch, timezone: expected one beside active"),
    "time zone alone": ("porch: {timezone: UTC}", "porch, active: expected a list"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_scene_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    """Flag, file, camera and key come first."""
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text)
    line = str(refused.value)
    assert line.startswith(f"--scenes {tmp_path}/scenes.yaml")
    assert said in line
    assert "\n" not in line


def test_there_are_at_most_64_names(tmp_path: Path) -> None:
    """A detection has room for so many zones."""
    names = [f"z{number}: {AREA}" for number in range(65)]
    assert len(read(tmp_path, f"porch: {{zones: {{{', '.join(names[:64])}}}}}").of("porch").zones) == 64
    with pytest.raises(SettingsError, match="1 to 64 names"):
        read(tmp_path, f"porch: {{zones: {{{', '.join(names)}}}}}")


def test_an_endless_tree_of_aliases_is_refused(tmp_path: Path) -> None:
    """A list that contains itself is no area."""
    with pytest.raises(SettingsError, match="porch, zones, door"):
        read(tmp_path, "porch: {zones: {door: &a [*a, *a, *a]}}")
