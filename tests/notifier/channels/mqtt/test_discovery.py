"""What Home Assistant is told is what its pages document, whatever cameras and labels are called."""

import json
import re
from typing import Any

import pytest

from services.notifier.channels.mqtt.discovery import Discovery
from services.notifier.channels.mqtt.names import Topics
from tests.notifier.channels.mqtt.documented import faults

LABELS = ("person", "Ω≈ç", "a/b", "+", "#", "人", "{{ 7*7 }}", "']}} {{ config }}", "a' b", "\\", '"', " ", "motion")


def config(camera: str = "porch", labels: tuple[str, ...] = LABELS, **more: Any) -> tuple[str, dict[str, Any]]:
    """Topic and message."""
    topics = Topics(more.pop("base", "framebus"), "homeassistant")
    settings: dict[str, Any] = {"arm": True, "picture": True, "labels": 32, **more}
    found: dict[str, Any] = json.loads(Discovery(topics, **settings).payload(camera, labels))
    return topics.config(camera), found


@pytest.mark.parametrize("camera", ["porch", "A.b-c_2"])
@pytest.mark.parametrize("choices", [{}, {"arm": False}, {"picture": False}, {"arm": False, "picture": False}])
def test_the_message_is_as_documented(camera: str, choices: dict[str, bool]) -> None:
    """Checked against the table in documented.py."""
    assert faults(*config(camera, **choices)) == []


def test_the_table_finds_what_is_wrong() -> None:
    """It would be no check otherwise."""
    topic, right = config()
    sensor, switch = right["components"]["motion"], right["components"]["alerts"]
    wrong = [
        ("homeassistant/device/a.b/config", right),
        (topic, {**right, "state_topic": "framebus/+/state"}),
        (topic, {**right, "availabilty": "x"}),
        (topic, {key: value for key, value in right.items() if key != "state_topic"}),
        (topic, {**right, "device": {"name": "porch"}}),
        (topic, {**right, "origin": {}}),
        (topic, {**right, "components": {"a": {**sensor, "device_class": "movement"}}}),
        (topic, {**right, "components": {"a": {**sensor, "value_template": "{{ value_json["}}}),
        (topic, {**right, "components": {"a": {**sensor, "unique_id": None}}}),
        (topic, {**right, "components": {"a": sensor, "b": sensor}}),
        (topic, {**right, "components": {"a": {**switch, "command_topic": ""}}}),
    ]
    assert [bool(faults(*each)) for each in wrong] == [True] * len(wrong)


def test_every_entity_has_an_id_of_its_own_in_the_whole_house() -> None:
    """Over cameras, labels, and framebuses with another base topic."""
    ids = [
        component["unique_id"]
        for base in ("framebus", "framebus/a", "framebus_a")
        for camera in ("porch", "Porch", "porch__label", "a.b", "a-b", "a_b")
        for component in config(camera, base=base)[1]["components"].values()
    ]
    assert len(set(ids)) == len(ids) == 3 * 6 * (4 + len(LABELS))


def test_a_device_has_a_topic_of_its_own() -> None:
    """Names that differ only in what an object id cannot have."""
    assert len({config(camera)[0] for camera in ("a.b", "a-b", "a_b", "A_b")}) == 4


def test_a_choice_that_was_another_before_is_taken_back() -> None:
    """A component with nothing but its platform is one that Home Assistant removes."""
    components = config(arm=False, picture=False)[1]["components"]
    assert components["alerts"] == {"platform": "switch"}
    assert components["picture"] == {"platform": "image"}


def test_the_device_says_which_framebus_it_is() -> None:
    """Version and maker."""
    device = config()[1]["device"]
    assert device["name"] == "porch"
    assert device["sw_version"]
    assert device["identifiers"] == ["framebus__porch"]


def test_a_label_cannot_write_a_template() -> None:
    """In a template stands its slug; its name is shown as it is."""
    components = config()[1]["components"]
    templates = {component["value_template"] for component in components.values() if "value_template" in component}
    label = r"\(value_json\.labels\['[a-z0-9_]+'\] \| default\(\{\}\)\)\.state \| default\(''\)"
    ours = re.compile(rf"\{{\{{ (value_json\.(connectivity|motion|alerts)|{label}) \}}\}}")
    assert [template for template in templates if not ours.fullmatch(template)] == []
    assert "{{ 7*7 }} in sight" in {component.get("name") for component in components.values()}
