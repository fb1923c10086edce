"""A channel into a topic that the notifier reads itself is refused: at the start, and while it runs."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.testing import FakeClock
from services.notifier.books import books_of
from services.notifier.rules.watched import LOOK_S
from services.notifier.settings import Settings

RULES = "channels: {{programs: {{type: kafka, topic: {topic}}}}}\nrules: [{{name: all, channels: programs}}]\n"


def settings(folder: Path, topic: str, *flags: str) -> Settings:
    path = folder / "rules.yaml"
    path.write_text(RULES.format(topic=topic))
    return load(Settings, ["--rules", str(path), *flags], "framebus notifier", "")[0]


@pytest.mark.parametrize("flag", ["-t", "-i", "--events", "--status", "--control"])
def test_a_channel_into_a_topic_of_the_notifiers_own_is_refused(tmp_path: Path, flag: str) -> None:
    """It would tell of its own messages for ever, or take them for what it has told; one line says which and where."""
    with pytest.raises(SettingsError) as raised:
        settings(tmp_path, "mine", flag, "mine").book()
    line = f"--rules {tmp_path}/rules.yaml: channel programs, topic: mine is that of {flag}: expected another one"
    assert str(raised.value) == line


@pytest.mark.parametrize("topic", ["notices", "events", "frames.redacted", "cameras", "control", "notices.dead"])
def test_the_topics_of_every_framebus_are_refused_whatever_the_flags_say(tmp_path: Path, topic: str) -> None:
    """Others read them."""
    flags = ("-t", "a", "-i", "b", "-i", "c", "--events", "none", "--status", "none", "--control", "none")
    with pytest.raises(SettingsError, match="is a topic of framebus itself"):
        settings(tmp_path, topic, *flags).book()


def test_another_topic_is_none_of_our_business(tmp_path: Path) -> None:
    """Also one that is called as what stands for no topic at all."""
    for topic in ("alerts", "none"):
        found = settings(tmp_path, topic, "--events", "none").book()
        assert found.channels["programs"].writes() == (topic,)


def test_a_new_file_that_would_make_a_loop_changes_nothing(tmp_path: Path) -> None:
    """The old one goes on."""
    clock = FakeClock()
    found = settings(tmp_path, "alerts", "-t", "mine")
    books = books_of(found, clock)
    (tmp_path / "rules.yaml").write_text(RULES.format(topic="mine"))
    for _ in range(3):
        clock.advance(LOOK_S)
        assert not books.look()
    assert books.book.channels["programs"].writes() == ("alerts",)
    (tmp_path / "rules.yaml").write_text(RULES.format(topic="others"))
    for _ in range(2):
        clock.advance(LOOK_S)
        books.look()
    assert books.book.channels["programs"].writes() == ("others",)
