"""Made-up notices: every template is tried with them before it is used."""

from collections.abc import Sequence

from libs.common.messages import Notice
from services.notifier.ids import summary_event
from services.notifier.own_kinds import FAILING, SUMMARY, TEST

AT = 1_790_000_000_000_000_000
MINUTE_NS = 60_000_000_000
MOST = 64
"""As many labels and zones as a notice may have."""


def samples(channel: str) -> list[tuple[Notice, Sequence[Notice]]]:
    """Each with the members that it has if it is a summary: with everything, as much as there can be, and so on."""
    seen = _notice(channel, "detection.started", AT, **_EVERYTHING)
    members = [_notice(channel, "detection.started", AT + turn * MINUTE_NS, label="person") for turn in range(3)]
    return [
        (seen, ()),
        (_notice(channel, "detection.started", AT, **_CROWDED), ()),
        (_notice(channel, "camera.disconnected", AT, text="no answer", data={"reason": "no answer"}), ()),
        (_notice(channel, FAILING, AT, text="refused", data={"channel": "phone"}), ()),
        (_notice(channel, SUMMARY, AT, members=tuple(member.id for member in members)), members),
        (_notice(channel, TEST, AT), ()),
    ]


_EVERYTHING: dict[str, object] = {
    "label": "person",
    "labels": {"person": 0.87, "car": None},
    "counts": {"person": 2, "car": 1},
    "zones": ("drive", "gate"),
    "text": "something was seen",
    "meanwhile": 12,
    "data": {"clip": {"url": "https://cams.example.org/clip.mp4", "bytes": 1_000_000}},
}

_CROWDED: dict[str, object] = {
    "label": "label 0",
    "labels": {f"label {number}": 0.5 for number in range(MOST)},
    "counts": {f"label {number}": 2 for number in range(MOST)},
    "zones": tuple(f"zone {number}" for number in range(MOST)),
}


def _notice(channel: str, kind: str, at: int, **fields: object) -> Notice:
    """Of the camera porch and the rule "a rule"; `fields` replace or add any."""
    known: dict[str, object] = {
        "id": summary_event(f"{kind}/{at}"),
        "event": summary_event(kind),
        "camera": "porch",
        "channel": channel,
        "rule": "a rule",
        "kind": kind,
        "at": at,
        "noticed_at": at,
        "state": "waiting",
    }
    return Notice(**(known | fields))  # type: ignore[arg-type]
