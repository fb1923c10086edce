"""The class of a topic, by its name."""

import pytest

from libs.common.topics import DAY_MS, MINUTE_MS, TOPICS, Topic, how_to_make, topic_kept_as, topic_named


@pytest.mark.parametrize(
    "name",
    [
        "frames.redacted",
        "frames.redacted.dead",
        "frames.redacted.redriven",
        "frames.redacted.redriven-2",
        "frames.redacted.redriven-monday.dead",
    ],
)
def test_what_was_safe_stays_safe(name: str) -> None:
    """Its dead letters, and where they are sent again; with the settings of the declared topic."""
    assert topic_named(name) == Topic(name, kind="safe")


@pytest.mark.parametrize(
    "name",
    [
        "frames.redacted2",
        "frames.redacted.copy",
        "frames.redacted.redriven-",
        "frames.redacted.redriven-a.b",
        "frames.redacted.redriven\n",
        "frames.redacted.redriven.redriven",
        "my.frames.redacted.redriven",
        "frames.source.redriven",
        "frames.source.redriven.dead",
        "mine.dead",
    ],
)
def test_what_nobody_declared_safe_is_raw(name: str) -> None:
    """A name that only looks like a safe one too."""
    assert topic_named(name) == Topic(name, kind="raw")


def test_states_are_kept_for_ever_and_nothing_else_is() -> None:
    """The newest of each key; its dead letters go after a day."""
    cameras, dead = TOPICS["cameras"].config(), topic_named("cameras.dead").config()
    assert (cameras["cleanup.policy"], cameras["retention.ms"]) == ("compact", "-1")
    assert "retention.bytes" not in cameras
    assert (dead["cleanup.policy"], dead["retention.ms"]) == ("delete", str(DAY_MS))
    kept = [name for name, topic in TOPICS.items() if topic.config()["retention.ms"] == "-1"]
    assert kept == ["cameras"]


def test_notices_settle_before_they_are_compacted() -> None:
    """A copy that starts meanwhile sees who was first; their dead letters are no states of anything."""
    notices, dead = TOPICS["notices"].config(), topic_named("notices.dead").config()
    assert (notices["cleanup.policy"], notices["retention.ms"]) == ("compact,delete", str(7 * DAY_MS))
    assert notices["min.compaction.lag.ms"] == str(10 * MINUTE_MS)
    assert (dead["cleanup.policy"], dead["retention.ms"]) == ("delete", str(7 * DAY_MS))
    assert [name for name, topic in TOPICS.items() if "min.compaction.lag.ms" in topic.config()] == ["notices"]


def test_a_topic_with_a_name_of_ones_own_is_made_as_what_it_is() -> None:
    """Where the service says so; its dead letters too, and no other topic."""
    kept_as = {"shop": "notices", "letters": "notices.dead"}
    assert topic_kept_as("shop", kept_as).config() == TOPICS["notices"].config()
    assert (topic_kept_as("shop", kept_as).name, topic_kept_as("shop", kept_as).kind) == ("shop", "safe")
    for name in ("shop.dead", "letters"):
        assert topic_kept_as(name, kept_as).config() == topic_named("notices.dead").config()
    assert topic_kept_as("mine", kept_as) == Topic("mine")
    assert topic_kept_as("cameras", {"cameras": "notices"}) == TOPICS["cameras"]


def test_the_command_that_makes_a_topic_says_as_what() -> None:
    """Where that is not in its name."""
    kept_as = {"shop": "notices"}
    assert how_to_make("shop", kept_as) == "framebus topics create shop --like notices"
    assert how_to_make("shop.dead", kept_as) == "framebus topics create shop.dead --like notices.dead"
    assert how_to_make("notices", kept_as) == "framebus topics create notices"


@pytest.mark.parametrize("name", ["cameras", "control", "events", "notices", "cameras.dead", "notices.dead"])
def test_what_is_told_of_cameras_and_to_them_is_safe(name: str) -> None:
    """It holds no picture and no address."""
    assert topic_named(name).kind == "safe"
