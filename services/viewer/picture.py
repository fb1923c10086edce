"""What goes to a browser about one frame: a JPEG as it came, or none, and words and numbers beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from libs.common.messages import Detection, Frame, Hop, Redaction


class Tile(NamedTuple):
    """One place on the page."""

    topic: str
    camera: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`jpeg` is empty where the picture is withheld; `serial` rises with every picture made."""

    tile: Tile
    meta: Mapping[str, Any]
    jpeg: bytes
    serial: int = field(default_factory=count(1).__next__)


def picture_of(topic: str, frame: Frame, *, shown: bool) -> Picture:
    """The frame for a browser: times in ms since 1970 UTC or since the capture, boxes in 0..1 of the picture's sides.

    A frame that is not shown gives away neither its picture nor what was found in it.
    """
    meta = {
        "topic": topic,
        "camera": frame.camera,
        "frame_id": frame.frame_id,
        "captured_at": frame.captured_at / 1e6,
        "width": frame.width,
        "height": frame.height,
        "raw": frame.redaction is None,
        "withheld": not shown,
        "detections": [_detection(found) for found in frame.detections] if shown else [],
        "redaction": _redaction(frame.redaction),
        "hops": [_hop(hop, frame.captured_at) for hop in frame.hops],
    }
    return Picture(Tile(topic, frame.camera), meta, frame.image if shown else b"")


def _detection(found: Detection) -> dict[str, Any]:
    return {"label": found.label, "confidence": found.confidence, "box": found.box, "track": found.track}


def _redaction(redaction: Redaction | None) -> dict[str, Any] | None:
    if redaction is None:
        return None
    return {
        "policy": redaction.policy,
        "labels": redaction.labels,
        "boxes": len(redaction.boxes),
        "withheld": redaction.withheld,
        "reason": redaction.reason,
    }


def _hop(hop: Hop, captured_at: int) -> dict[str, Any]:
    return {
        "service": hop.service,
        "in_ms": (hop.in_ns - captured_at) / 1e6,
        "out_ms": (hop.out_ns - captured_at) / 1e6,
    }
