"""What the process's own flags must not be together."""

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from services.producer.settings import Settings


def require(*words: str) -> None:
    """As the command does before it begins."""
    load(Settings, ["webcam", *words], "framebus producer", "")[0].require()


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (("--events", "frames.source"), "--events"),
        (("--control", "cameras"), "--control"),
        (("--status", "control"), "--control"),
    ],
)
def test_each_kind_of_message_has_a_topic_of_its_own(words: tuple[str, ...], flag: str) -> None:
    """Who may read a safe topic may not see people; who may read commands may not be told of as a camera."""
    with pytest.raises(SettingsError, match=f"^{flag} .* a topic of its own"):
        require(*words)


def test_topics_that_are_not_used_are_in_nobodys_way() -> None:
    """`none` several times, and all of them beside a stream."""
    require("--events", "none", "--status", "none", "--control", "none")
    require("-t", "-", "--events", "cameras")
