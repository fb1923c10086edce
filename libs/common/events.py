"""Events: what happened to a camera, for people and for other services. The same cause has the same id."""

import hashlib
from collections.abc import Mapping
from typing import Any

from libs.common.messages import Event, Frame, FrameEvent

ID_CHARACTERS = 32


def event_id(camera: str, boot: str, kind: str, label: str, seq: int) -> str:
    """The first 32 hexadecimal digits of SHA-256 over `camera/boot/seq/kind/label`."""
    cause = f"{camera}/{boot}/{seq}/{kind}/{label}"
    return hashlib.sha256(cause.encode()).hexdigest()[:ID_CHARACTERS]


def caused_by(
    frame: Frame,
    kind: str,
    label: str = "",
    counts: Mapping[str, int] | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
) -> Event:
    """The event of this kind that a frame caused, at the time it was captured."""
    return Event(
        id=event_id(frame.camera, frame.boot, kind, label, frame.seq),
        camera=frame.camera,
        kind=kind,
        at=frame.captured_at,
        frame_id=frame.frame_id,
        labels=(label,) if label else (),
        counts=dict(counts or {}),
        text=text,
        data=dict(data or {}),
    )


def in_frame(event: Event) -> FrameEvent:
    """The same as the causing frame names it."""
    return FrameEvent(id=event.id, kind=event.kind, label=event.labels[0] if event.labels else None)
