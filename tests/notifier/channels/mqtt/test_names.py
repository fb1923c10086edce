"""Any text becomes a name that topics and Home Assistant take, and no two texts the same."""

import re
import unicodedata

import pytest

from services.notifier.channels.mqtt.names import LONGEST, Topics, slug

HOSTILE = ("+", "#", "/", "a/b", "a+b", "a#", "$SYS", "..", " ", "", "\x00", "é", "e", "人", "😀", "😀😀", "a b", "a_b")
TOPICS = Topics("framebus", "homeassistant")


@pytest.mark.parametrize("text", ["person", "traffic_light", "t_shirt_2", "0"])
def test_what_is_plain_stays(text: str) -> None:
    """People see it in automations."""
    assert slug(text) == text


@pytest.mark.parametrize("text", [*HOSTILE, "a" * 1000, "人" * 64, "Person", "garage-2", "a__b", "_a", "a_"])
def test_what_is_not_becomes_so(text: str) -> None:
    """Only signs that an object id of Home Assistant may have, and no two underscores in a row."""
    assert re.fullmatch("[a-z0-9]+(_[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= LONGEST


def test_no_two_become_the_same() -> None:
    """Also where they differ in what is left out, in case, or in how they are composed."""
    texts = [*HOSTILE, "Person", "person", "PERSON", "a-b", "a.b", "a" * 60, "a" * 61, "人" * 63, "人" * 64]
    texts += [unicodedata.normalize(form, "café") for form in ("NFC", "NFD")]
    assert len({slug(text) for text in texts}) == len(texts)


def test_nobody_can_pose_as_another_by_its_mark() -> None:
    """A text that is the slug of another text gets one of its own."""
    assert slug(slug("a/b")) != slug("a/b")
    assert slug(slug(slug("a/b"))) not in (slug(slug("a/b")), slug("a/b"))


def test_a_device_has_one_name_for_base_and_camera_together() -> None:
    """`a` and `b_c` are not `a_b` and `c`."""
    assert Topics("a", None).device("b_c") != Topics("a_b", None).device("c")


@pytest.mark.parametrize(
    ("topic", "camera"),
    [
        ("framebus/porch/alerts/set", "porch"),
        ("framebus/garage-2.b_c/alerts/set", "garage-2.b_c"),
        ("framebus//alerts/set", None),
        ("framebus/a/b/alerts/set", None),
        ("framebus/-a/alerts/set", None),
        ("framebus/é/alerts/set", None),
        (f"framebus/{'a' * 65}/alerts/set", None),
        ("framebus/alerts/set", None),
        ("framebus/porch/state", None),
        ("frame/porch/alerts/set", None),
        ("", None),
    ],
)
def test_a_topic_says_whose_it_is(topic: str, camera: str | None) -> None:
    """If it has a camera's name in it, and nothing else."""
    assert TOPICS.camera_of(topic, "alerts/set") == camera


def test_without_discovery_home_assistant_is_not_listened_to() -> None:
    """There is no prefix to listen under."""
    assert all(topic.startswith("framebus/") for topic in Topics("framebus", None).heard)
    assert "homeassistant/status" in TOPICS.heard
