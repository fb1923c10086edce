"""Schedules as operators write them: behind a flag, in a variable, in a file for one camera or for many."""

from pathlib import Path

import pytest
import yaml

from libs.common.errors import SettingsError
from libs.common.flags import load
from services.producer.orders.schedule import schedules
from services.producer.plan import Plan
from services.producer.settings import Settings

NOON = {"active": "Mon-Fri 08:00-18:00", "every": 300}
EXPECTED = schedules({"noon": NOON}, "Europe/Berlin", "here")


def plans(*argv: str) -> dict[str, Plan]:
    return load(Settings, argv, "framebus producer", "")[0].plans()


def test_flags_a_variable_and_a_file_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal plans: nothing changes when one takes the place of the other."""
    zone = ("--timezone", "Europe/Berlin")
    by_flag = plans("street.mp4", "--schedules", "noon", "Mon-Fri 08:00-18:00", "300", *zone)["camera"]
    assert by_flag.schedules == EXPECTED
    file = tmp_path / "one.yaml"
    file.write_text(yaml.safe_dump({"schedules": {"noon": NOON}, "url": "street.mp4", "timezone": "Europe/Berlin"}))
    assert plans("--config", str(file))["camera"] == by_flag
    monkeypatch.setenv("FRAMEBUS_SCHEDULES", "noon=Mon-Fri 08:00-18:00=300; night=22:00-06:00=60")
    both = plans("street.mp4", *zone)["camera"].schedules
    assert both[:1] == EXPECTED
    assert (both[1].name, both[1].every_s) == ("night", 60)


def test_each_camera_of_a_file_has_its_own(tmp_path: Path) -> None:
    """In the zone of the camera, or of the defaults."""
    file = tmp_path / "cameras.yaml"
    file.write_text("""
defaults: {timezone: Europe/Berlin}
cameras:
  porch:
    url: rtsp://camera/1
    schedules:
      noon: {active: "Mon-Fri 08:00-18:00", every: 300}
      tide: {active: ["06:00-07:00", "18:00-19:00"], every: 600}
  far: {url: rtsp://camera/2, timezone: UTC, schedules: {noon: {active: "08:00-18:00", every: 300}}}
  plain: {url: rtsp://camera/3}
""")
    found = plans("--config", str(file))
    assert found["porch"].schedules[:1] == EXPECTED
    assert len(found["porch"].schedules[1].hours.windows) == 2
    assert found["far"].schedules[0].hours.zone.key == "UTC"
    assert found["plain"].schedules == ()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("noon", "08:00-18:00", "300"), "timezone: expected one"),
        (("noon", "8-18", "300", "--timezone", "UTC"), "noon, active 1: expected text like"),
        (("noon", "08:00-18:00", "0", "--timezone", "UTC"), "noon, every: expected whole seconds"),
        (("noon", "08:00-18:00", "x", "--timezone", "UTC"), "noon, every: expected whole seconds"),
        (("Noon", "08:00-18:00", "300", "--timezone", "UTC"), "small letters"),
        (("noon", "08:00-18:00"), "expected 3 arguments"),
    ],
)
def test_wrong_words_are_one_line(words: tuple[str, ...], told: str) -> None:
    """Which names the flag."""
    with pytest.raises(SettingsError) as caught:
        plans("street.mp4", "--schedules", *words)
    assert told in str(caught.value)
    assert "--schedules" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("noon: {active: 8:00, every: 300}", "without quotes"),
        ("noon: {active: '08:00-18:00', every: 1:00}", "every: expected whole seconds"),
        ("[noon]", "schedules"),
        ("3", "schedules"),
        ("noon: 3", "expected active"),
        ("on: {active: '08:00-18:00', every: 300}", "put them in quotes"),
    ],
)
def test_a_wrong_file_names_the_camera(text: str, told: str, tmp_path: Path) -> None:
    """And what was expected, in one line."""
    file = tmp_path / "cameras.yaml"
    block = f"{{{text}}}" if ":" in text else text
    file.write_text(f"cameras: {{porch: {{url: rtsp://camera/1, timezone: UTC, schedules: {block}}}}}\n")
    with pytest.raises(SettingsError) as caught:
        plans("--config", str(file))
    assert told in str(caught.value)
    assert "porch" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_zone_is_refused_even_where_nothing_needs_it() -> None:
    """The slip is in that flag, and shows before the first window is written."""
    with pytest.raises(SettingsError, match=r"^timezone: expected a name like Europe/Berlin or UTC, not 'Mars/North'$"):
        load(Settings, ["street.mp4", "--timezone", "Mars/North"], "framebus producer", "")
