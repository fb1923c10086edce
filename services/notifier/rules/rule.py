"""One rule: what somebody wants to be told of."""

from dataclasses import dataclass

from libs.common.hours import Hours


@dataclass(frozen=True)
class Rule:
    """What is empty asks for nothing: all cameras, all zones, at any time. Labels are lower case.

    `alarm`: one of these labels is seen; `new_label`: something is seen that is none of these and has none of them for
    a parent (an empty set: anything at all). At most one of them is set; neither: `kinds` alone decide.
    """

    name: str
    channels: tuple[str, ...]
    kinds: tuple[str, ...] = ("detection.started",)
    """Globs: `camera.*`."""
    cameras: tuple[str, ...] = ()
    """Globs."""
    alarm: frozenset[str] | None = None
    new_label: frozenset[str] | None = None
    zones: frozenset[str] = frozenset()
    count: int = 1
    confidence: float = 0.0
    active: Hours | None = None
    cooldown_s: float = 60.0
    """By camera, label and kind of event."""
    urgent: bool = False
    """Also in quiet hours."""
    raw: bool = False
    """Pictures that nobody has covered may be sent: the operator's word."""
    picture: bool = True
    boxes: bool = False
    """Draw what was found into the picture."""
    clip: bool = False
    """Complete the message with the recording, once there is one, where the channel can."""
