"""The class of a topic, by its name."""

import pytest

from libs.common.topics import Topic, topic_named


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
