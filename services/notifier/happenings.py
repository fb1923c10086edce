"""Makes a happening of an event, of the frame in which it happened, or of both."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from libs.common.messages import Event, Frame, FrameEvent
from libs.common.pauses import ALERTS, is_paused
from services.notifier.happening import Happening, Seen

NOT_REDACTED = "not-redacted"
MOST_NAMES = 64
"""Zones and parents of one label."""
LONGEST_LABEL = 64
"""Some letters are two in lower case: the label would not fit into a notice, which nobody could read then."""
ABOUT_SIGHT = ("detection.", "label.", "line.")
"""Kinds whose label is something that is seen; that of others is a schedule's name, or a model's."""
_FRAME_ID = re.compile(r"([^/]{1,64})/([0-9a-f]{8})/([0-9]{1,19})")


def place_of(frame_id: str | None) -> tuple[str, str, int] | None:
    """`camera/boot/seq` in three; None for what is no frame's name."""
    found = _FRAME_ID.fullmatch(frame_id or "")
    return (found[1], found[2], int(found[3])) if found else None


def of_event(event: Event, paused: bool = False) -> Happening:
    """What the event alone says: how sure, zones and parents only of its own label."""
    label = event.labels[0] if event.labels else None
    zones, parents = _texts(event.data.get("zones")), _texts(event.data.get("parents"))
    own = Seen(label or "", _ratio(event.data.get("confidence")), parents, zones)
    place = place_of(event.frame_id)
    return Happening(
        id=event.id,
        camera=event.camera,
        kind=event.kind,
        at=event.at,
        boot=place[1] if place else "",
        frame_id=event.frame_id,
        label=label,
        seen=tuple(own if each == label else Seen(each) for each in _in_sight(event, label)),
        counts=event.counts,
        zones=zones,
        text=event.text,
        data=event.data,
        paused=paused,
    )


def of_frame(frame: Frame, caused: FrameEvent) -> Happening:
    """What the frame alone says of one of the events that it caused."""
    label = caused.label.lower()[:LONGEST_LABEL] if caused.label else None
    seen = _seen(frame)
    return Happening(
        id=caused.id,
        camera=frame.camera,
        kind=caused.kind,
        at=frame.captured_at,
        boot=frame.boot,
        frame_id=frame.frame_id,
        label=label,
        seen=tuple(seen.values()),
        counts=_counts(frame),
        zones=seen[label].zones if label in seen else (),
        safe=is_safe(frame),
        withheld=withheld(frame),
        raw=frame.redaction is None,
        paused=is_paused(frame, ALERTS),
    )


def of_both(event: Event, frame: Frame, caused: FrameEvent) -> Happening:
    return whole(of_event(event), of_frame(frame, caused))


def whole(told: Happening, shown: Happening) -> Happening:
    """By its event and by its frame: a redactor leaves out zones and parents, and of a withheld frame all that was
    found.
    """
    seen = {each.label: each for each in shown.seen}
    for each in told.seen:
        seen[each.label] = _merged(each, seen[each.label]) if each.label in seen else each
    return replace(
        told,
        boot=shown.boot,
        frame_id=shown.frame_id,
        seen=tuple(seen.values()),
        counts=told.counts or shown.counts,
        zones=told.zones or shown.zones,
        safe=shown.safe,
        withheld=shown.withheld,
        raw=shown.raw,
        paused=shown.paused,
    )


def is_safe(frame: Frame) -> bool:
    """Whether somebody covered its picture, and there is something left to see."""
    return frame.redaction is not None and not frame.redaction.withheld


def withheld(frame: Frame) -> str:
    """Why its picture may not be shown; empty where it may."""
    if frame.redaction is None:
        return NOT_REDACTED
    return (frame.redaction.reason or "error") if frame.redaction.withheld else ""


def _in_sight(event: Event, label: str | None) -> list[str]:
    """Its own label comes first."""
    own = [label] if label is not None and (event.kind.startswith(ABOUT_SIGHT) or label in event.counts) else []
    return own + [each for each, count in event.counts.items() if count and each != label]


def _texts(value: object) -> tuple[str, ...]:
    """What another program wrote there may be anything."""
    found = [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []
    return tuple(found[:MOST_NAMES])


def _ratio(value: object) -> float | None:
    """A confidence, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def _seen(frame: Frame) -> dict[str, Seen]:
    """Each label's best, with the zones and parents of all of it; the surest first."""
    seen: dict[str, Seen] = {}
    for found in sorted(frame.detections, key=lambda each: -each.confidence):
        new = Seen(found.label, found.confidence, found.parents, found.zones)
        seen[found.label] = _merged(new, seen[found.label]) if found.label in seen else new
    return seen


def _merged(one: Seen, other: Seen) -> Seen:
    known = [each.confidence for each in (one, other) if each.confidence is not None]
    return Seen(
        one.label,
        max(known, default=None),
        _each_once(other.parents, one.parents),
        _each_once(other.zones, one.zones),
    )


def _each_once(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for many in names for name in many))[:MOST_NAMES]


def _counts(frame: Frame) -> Mapping[str, int]:
    """What several models see of a label is the same, so the one that sees most counts."""
    by_model: dict[tuple[str, int], int] = {}
    for found in frame.detections:
        by_model[found.label, found.by] = by_model.get((found.label, found.by), 0) + 1
    counts: dict[str, int] = {}
    for (label, _), count in by_model.items():
        counts[label] = max(counts.get(label, 0), count)
    return counts
