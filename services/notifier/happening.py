"""What happened at a camera, as rules see it: from an event, and from the frame in which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in the frame, best of its label. `confidence` is 0..1, None where nobody said."""

    label: str
    confidence: float | None = None
    parents: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. Labels are lower case; `at` is UTC ns; `boot` is empty where the camera had none."""

    id: str
    camera: str
    kind: str
    at: int
    boot: str = ""
    frame_id: str | None = None
    label: str | None = None
    """What it is about: `person` came, the schedule's name."""
    seen: tuple[Seen, ...] = ()
    """All that is in sight, the label itself too."""
    counts: Mapping[str, int] = field(default_factory=dict)
    zones: tuple[str, ...] = ()
    """Where the label was, by the event."""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    safe: bool = False
    """Whether its frame has a picture that may be shown: covered by a redactor, and not withheld."""
    withheld: str = ""
    """Why it may not: a reason as in a frame's redaction, `not-redacted` where nobody has covered it."""
    raw: bool = False
    """Whether its frame has come as nobody has covered it, perhaps beside the covered one."""
    paused: bool = False
    """Alerts of the camera were paused by an operator then."""

    @property
    def has_frame(self) -> bool:
        """Whether its frame has come."""
        return self.safe or bool(self.withheld)
