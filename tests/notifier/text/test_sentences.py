"""Each kind of event in one plain sentence."""

from typing import Any

import pytest

from services.notifier.text.sentences import details, headline
from tests.notifier.text.notices import HOSTILE, notice

MINUTE_NS = 60_000_000_000
DETECTOR = {"service": "detector", "backend": "yolo"}
SAID: list[tuple[str, dict[str, Any], str]] = [
    ("detection.started", {"label": "person"}, "Person at porch"),
    (
        "detection.started",
        {"label": "person", "counts": {"person": 3, "car": 9}},
        "3 \N{MULTIPLICATION SIGN} person at porch",
    ),
    ("detection.started", {}, "Something at porch"),
    ("detection.ended", {"label": "cat", "data": {"duration_ns": 2 * MINUTE_NS}}, "Cat gone from porch after 2 min"),
    ("detection.ended", {"label": "cat"}, "Cat gone from porch"),
    ("detection.ended", {"label": "cat", "counts": {"cat": 2}}, "2 \N{MULTIPLICATION SIGN} cat gone from porch"),
    ("label.new", {"label": "bear"}, "Bear at porch, for the first time in a day"),
    (
        "line.crossed",
        {"label": "person", "data": {"line": "gate", "direction": "in", "in": 3}},
        "Person crossed gate at porch, in",
    ),
    ("line.crossed", {"label": "person"}, "Person crossed a line at porch"),
    ("scheduled", {"label": "noon"}, "Picture of porch by the clock: noon"),
    ("mark", {"text": "look here"}, "porch was marked"),
    ("camera.connected", {}, "Camera porch is there"),
    ("camera.disconnected", {"data": {"reason": "no answer"}}, "Camera porch is gone: it does not answer"),
    ("camera.disconnected", {"text": "stalled"}, "Camera porch is gone: it is connected and silent"),
    ("camera.disconnected", {"data": {"reason": "eaten"}}, "Camera porch is gone: eaten"),
    ("camera.disconnected", {}, "Camera porch is gone"),
    ("camera.dark", {}, "The picture of porch is dark"),
    ("camera.covered", {}, "Camera porch is covered"),
    ("camera.frozen", {}, "The picture of porch stands still"),
    ("camera.recovered", {}, "The picture of porch is good again"),
    (
        "camera.conflict",
        {"data": {"producer": "@a/1", "other": "@b/2"}},
        "Two producers send camera porch: @a/1 and @b/2",
    ),
    ("camera.paused", {"text": "alerts"}, "Alerts of porch paused"),
    ("camera.resumed", {"text": "alerts, detection"}, "Alerts, detection of porch resumed"),
    (
        "stage.behind",
        {"data": {"service": "redactor"}},
        "Redactor is behind with camera porch: it will soon miss pictures",
    ),
    ("stage.overtaken", {"data": {"count": 9}}, "A service was too slow for camera porch: 9 messages are lost"),
    ("service.failing", {"data": DETECTOR | {"error": "OSError"}}, "Detector yolo fails for camera porch (OSError)"),
    ("service.failing", {"data": {"service": "notifier", "channel": "phone"}}, "Messages through phone fail"),
    ("service.recovered", {"data": DETECTOR}, "Detector yolo works again for camera porch"),
    ("service.recovered", {"data": {"channel": "phone"}}, "Messages through phone arrive again"),
    (
        "recording.finished",
        {"data": {"start_at": 0, "end_at": 2 * MINUTE_NS, "bytes": 12_400_000}},
        "Recording of porch is there: 2 min, 12.4 MB",
    ),
    ("recording.finished", {}, "Recording of porch is there"),
    ("upload.failed", {"text": "no picture"}, "An upload of porch failed"),
    ("test", {}, "This is a test: messages arrive here"),
    ("water.rising_fast", {"label": "cellar"}, "porch: water rising fast (cellar)"),
]


@pytest.mark.parametrize(("kind", "fields", "said"), SAID, ids=[f"{kind}-{said}" for kind, _, said in SAID])
def test_every_kind_is_told_in_plain_words(kind: str, fields: dict[str, Any], said: str) -> None:
    """Also with nothing in its data, and kinds that nobody knows yet."""
    assert headline(notice(kind, **fields)) == said


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in SAID}))
def test_hostile_data_makes_a_line_like_any_other(kind: str, text: str) -> None:
    """Each text of an event in every place where one may stand."""
    keys = ("reason", "line", "direction", "error", "service", "backend", "producer", "other", "count", "start_at")
    said = headline(notice(kind, label=text, text=text, data=dict.fromkeys(keys, text)))
    assert said.isprintable() or "\u200d" in said
    assert 0 < len(said) <= 300


@pytest.mark.parametrize("value", [None, True, -1, 2**63, 1.5, [1], {"a": []}, b"\xff"])
@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in SAID}))
def test_data_of_another_type_is_left_out(kind: str, value: object) -> None:
    """`data` is a map of anything: nothing in it is trusted to be what the page says."""
    keys = ("duration_ns", "start_at", "end_at", "bytes", "line", "channel", "service", "count", "reason")
    assert headline(notice(kind, data=dict.fromkeys(keys, value)))


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("mark", {"text": "look\nhere"}, "look here"),
        ("detection.started", {"text": "2 persons, 1 traffic light", "counts": {"person": 2}}, ""),
        ("detection.started", {"text": "a man with a ladder", "counts": {"person": 1}}, "a man with a ladder"),
        ("detection.started", {"text": "2 persons"}, "2 persons"),
        ("camera.dark", {"text": "the camera sees no light"}, ""),
        ("line.crossed", {"text": "person crossed gate (in)"}, ""),
        ("camera.disconnected", {"text": "stalled"}, ""),
        ("service.failing", {"text": "x", "data": DETECTOR}, "x"),
        (
            "service.failing",
            {"text": "403 Forbidden", "data": {"channel": "phone"}},
            "It said: 403 Forbidden. Nothing more is told of this until a message gets through.",
        ),
        (
            "service.failing",
            {"data": {"channel": "phone"}},
            "Nothing more is told of this until a message gets through.",
        ),
    ],
)
def test_the_text_of_an_event_is_told_once(kind: str, fields: dict[str, Any], said: str) -> None:
    """Not where the headline says the same."""
    assert details(notice(kind, **fields)) == said


def test_a_login_in_a_text_is_hidden() -> None:
    """Whatever a service put into its words."""
    assert "horse" not in details(notice("mark", text="see rtsp://me:horse@10.0.0.5/1"))
