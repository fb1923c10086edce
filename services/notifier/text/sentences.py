"""What happened, in one plain sentence: each kind of event of docs/messages.md, and those that nobody knows yet."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from libs.common.messages import Notice
from libs.common.scrub import scrub
from services.notifier.own_kinds import FAILING, RECOVERED, TEST
from services.notifier.plain_text import name, one_line, told
from services.notifier.text.times import size, span

DISCONNECTED = {
    "unreachable": "it cannot be reached",
    "no answer": "it does not answer",
    "refused": "it refuses the user name or the password",
    "certificate refused": "its certificate is not trusted",
    "not found": "the path is wrong",
    "camera error": "it reports an error",
    "no video": "it sends no video",
    "stalled": "it is connected and silent",
    "connection lost": "the connection broke off",
    "read error": "it cannot be read",
    "silent": "it uploads nothing any more",
    "left": "it was switched off",
}
"""The reasons of camera.disconnected."""
_SAID = {
    "line.crossed",
    "scheduled",
    "camera.disconnected",
    "camera.dark",
    "camera.covered",
    "camera.frozen",
    "camera.recovered",
    "camera.paused",
    "camera.resumed",
}
"""Kinds whose text is in the headline."""
_COUNTED = re.compile(r"[0-9]+ [^,]+(, [0-9]+ [^,]+)*")
"""`2 persons, 1 car`, as the detector says what it has counted: a message has that without it."""


def headline(notice: Notice) -> str:
    """Whole by itself, and names the camera. One line of at most 300 characters."""
    say = _SENTENCES.get(notice.kind, _unknown)
    said = one_line(say(notice), 300)
    return said if said.startswith(notice.camera) else said[:1].upper() + said[1:]


def details(notice: Notice) -> str:
    """What the event says beyond its headline; empty where that has it all."""
    said = one_line(scrub(notice.text), 1024)
    if notice.kind != FAILING or "channel" not in notice.data:
        is_counted = bool(notice.counts) and _COUNTED.fullmatch(said)
        return "" if notice.kind in _SAID or is_counted else said
    why = (said or told(notice.data.get("error"))).rstrip(".")
    return f"{f'It said: {why}. ' if why else ''}Nothing more is told of this until a message gets through."


def times(count: int) -> str:
    """What stands before a label that is there more than once."""
    return f"{count} \N{MULTIPLICATION SIGN} " if count > 1 else ""


def label_of(notice: Notice) -> str:
    """Empty where the notice is about none."""
    return name(notice.label) if notice.label else ""


def _seen(notice: Notice) -> str:
    return f"{_counted(notice)} at {notice.camera}"


def _counted(notice: Notice) -> str:
    return f"{times(notice.counts.get(notice.label or '', 1))}{label_of(notice) or 'something'}"


def _ended(notice: Notice) -> str:
    lasted = notice.data.get("duration_ns")
    how_long = f" after {span(lasted)}" if isinstance(lasted, int) else ""
    return f"{_counted(notice)} gone from {notice.camera}{how_long}"


def _new(notice: Notice) -> str:
    return f"{_counted(notice)} at {notice.camera}, for the first time in a day"


def _crossed(notice: Notice) -> str:
    line, way = told(notice.data.get("line"), 64), told(notice.data.get("direction"), 8)
    return f"{label_of(notice) or 'something'} crossed {line or 'a line'} at {notice.camera}{f', {way}' if way else ''}"


def _scheduled(notice: Notice) -> str:
    return f"picture of {notice.camera} by the clock{f': {label_of(notice)}' if notice.label else ''}"


def _disconnected(notice: Notice) -> str:
    reason = told(notice.data.get("reason") or notice.text, 100)
    because = DISCONNECTED.get(reason, reason)
    return f"camera {notice.camera} is gone{f': {because}' if because else ''}"


def _conflict(notice: Notice) -> str:
    two = [name for name in (told(notice.data.get(key), 64) for key in ("producer", "other")) if name]
    return f"two producers send camera {notice.camera}{': ' if two else ''}{' and '.join(two)}"


def _paused(notice: Notice) -> str:
    what = told(notice.text, 64) or "work"
    return f"{what} of {notice.camera} {'paused' if notice.kind == 'camera.paused' else 'resumed'}"


def _failing(notice: Notice) -> str:
    """A channel of ours, or a backend of the detector, or any other service."""
    data = notice.data
    if channel := told(data.get("channel"), 64):
        return f"messages through {channel} fail"
    error = told(data.get("error"), 64)
    return f"{_who(data)} fails for camera {notice.camera}{f' ({error})' if error else ''}"


def _recovered(notice: Notice) -> str:
    if channel := told(notice.data.get("channel"), 64):
        return f"messages through {channel} arrive again"
    return f"{_who(notice.data)} works again for camera {notice.camera}"


def _who(data: Mapping[str, Any]) -> str:
    service, backend = told(data.get("service"), 64), told(data.get("backend"), 64)
    return f"{service or 'a service'}{f' {backend}' if backend else ''}"


def _behind(notice: Notice) -> str:
    return f"{_who(notice.data)} is behind with camera {notice.camera}: it will soon miss pictures"


def _overtaken(notice: Notice) -> str:
    count = told(notice.data.get("count"), 20)
    return f"{_who(notice.data)} was too slow for camera {notice.camera}: {count or 'some'} messages are lost"


def _recording(notice: Notice) -> str:
    data, parts = notice.data, []
    start, end, count = data.get("start_at"), data.get("end_at"), data.get("bytes")
    if isinstance(start, int) and isinstance(end, int):
        parts.append(span(end - start))
    if isinstance(count, int):
        parts.append(size(count))
    return f"recording of {notice.camera} is there{': ' if parts else ''}{', '.join(parts)}"


def _unknown(notice: Notice) -> str:
    """`water.rising_fast` is "water rising fast": a kind is made of words."""
    words = notice.kind.replace(".", " ").replace("_", " ").replace("-", " ")
    about = f" ({label_of(notice)})" if notice.label else ""
    return f"{notice.camera}: {words}{about}"


_SENTENCES: Mapping[str, Callable[[Notice], str]] = {
    "detection.started": _seen,
    "detection.ended": _ended,
    "label.new": _new,
    "line.crossed": _crossed,
    "scheduled": _scheduled,
    "mark": lambda notice: f"{notice.camera} was marked",
    "camera.connected": lambda notice: f"camera {notice.camera} is there",
    "camera.disconnected": _disconnected,
    "camera.dark": lambda notice: f"the picture of {notice.camera} is dark",
    "camera.covered": lambda notice: f"camera {notice.camera} is covered",
    "camera.frozen": lambda notice: f"the picture of {notice.camera} stands still",
    "camera.recovered": lambda notice: f"the picture of {notice.camera} is good again",
    "camera.conflict": _conflict,
    "camera.paused": _paused,
    "camera.resumed": _paused,
    "stage.behind": _behind,
    "stage.overtaken": _overtaken,
    FAILING: _failing,
    RECOVERED: _recovered,
    "recording.finished": _recording,
    "upload.failed": lambda notice: f"an upload of {notice.camera} failed",
    TEST: lambda notice: "this is a test: messages arrive here",
}
