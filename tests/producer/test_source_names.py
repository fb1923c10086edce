"""Where the producer's source may be named, the names of imagebus too."""

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from services.producer.settings import Settings


def source(monkeypatch: pytest.MonkeyPatch, *argv: str, **variables: str) -> str:
    """The source that these flags and variables name."""
    for name in ("URL", "WEBCAM", "FRAMEBUS_URL", "FRAMEBUS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    (plan,) = load(Settings, argv, "framebus producer", "")[0].plans().values()
    return plan.url


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"URL": "rtsp://cam/1"}, "rtsp://cam/1"),
        ({"WEBCAM": "1"}, "webcam:1"),
        ({"WEBCAM": ""}, "webcam"),
        ({"WEBCAM": "webcam:2"}, "webcam:2"),
        ({"URL": "rtsp://cam/1", "FRAMEBUS_URL": "rtsp://cam/2"}, "rtsp://cam/2"),
        ({"WEBCAM": "1", "URL": "rtsp://cam/1"}, "rtsp://cam/1"),
    ],
)
def test_variables_of_imagebus_still_count(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below FRAMEBUS_URL."""
    assert source(monkeypatch, **variables) == expected


def test_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over every variable."""
    assert source(monkeypatch, "clip.mp4", URL="a", FRAMEBUS_URL="b", WEBCAM="1", FRAMEBUS_URL_FILE="c") == "clip.mp4"


def test_without_a_source_it_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is opened."""
    with pytest.raises(SettingsError, match="url: expected one"):
        source(monkeypatch)


@pytest.mark.parametrize("topic", ["frames.redacted", "events", "frames.redacted.dead"])
def test_a_source_writes_to_no_topic_that_is_safe(topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may read those was never to see people."""
    with pytest.raises(SettingsError, match="expected a raw topic"):
        source(monkeypatch, "clip.mp4", "-t", topic)


def test_an_address_and_a_file_with_one_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows which one is meant; a flag beside a variable is meant."""
    with pytest.raises(SettingsError, match="url: expected it or --url-file, not both"):
        source(monkeypatch, "rtsp://cam/1", "--url-file", "porch.url")
