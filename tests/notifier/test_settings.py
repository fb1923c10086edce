"""The notifier's flags."""

import pytest

from libs.common.flags import load
from libs.common.topics import TOPICS, topic_kept_as
from services.notifier.settings import Settings


@pytest.mark.parametrize("name", ["notices", "shop.notices", "mine"])
def test_the_topic_of_notices_is_made_as_such_whatever_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept for an hour, and not compacted, it would forget who was told what."""
    monkeypatch.setenv("FRAMEBUS_TO", "kafka:alerts")
    kept_as = load(Settings, ["-t", name], "framebus notifier", "")[0].kafka().kept_as
    assert topic_kept_as(name, kept_as).config() == TOPICS["notices"].config()
    assert topic_kept_as("events", kept_as) == TOPICS["events"]
