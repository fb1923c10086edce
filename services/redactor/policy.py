"""What the operator asked for."""

from dataclasses import dataclass

from services.redactor import styles
from services.redactor.masks import NO_MASKS, Masks
from services.redactor.words import Wanted, wanted_by

SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """What is covered, how long around, and what may wait. Raises ValueError where a value would weaken the cover."""

    labels: tuple[str, ...] = ()
    """Labels to cover, lower case; empty: every label that any verdict names; or all-but and those not to cover."""
    cover: styles.Name = "solid"
    """How it looks where something is covered."""
    margin: float = 0.15
    """Part of its width and height by which a box grows on each side."""
    hold_s: float = 1.0
    """How long a box stays covered after it was seen."""
    lookahead_s: float = 1.0
    """How long before it was seen a box is covered already: every frame waits so long."""
    max_gap_s: float = 1.0
    """Looked frames further apart than this do not vouch for what is between them."""
    max_hold_s: float = 30.0
    """What nothing has released after so long leaves withheld."""
    quality: int = 85
    """JPEG quality of covered pictures."""
    max_held_bytes: int = 64 << 20
    """Held frames of all cameras together; above it the oldest leaves withheld."""
    keep_boxes: bool = True
    """Whether boxes of people (personal data too) stand in what is published."""
    keep_tracks: bool = False
    """Whether tracks, zones and parents of detections (who went where) stand in what is published."""
    masks: Masks = NO_MASKS
    """What is always covered."""

    def __post_init__(self) -> None:
        times = (self.hold_s, self.lookahead_s, self.max_gap_s, self.max_hold_s)
        if not all(0 <= value < float("inf") for value in (self.margin, *times)):
            raise ValueError("margin and times must be finite and not negative")
        wanted_by(self.labels)

    @property
    def wanted(self) -> Wanted:
        """What `labels` means."""
        return wanted_by(self.labels)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever runs it must know."""
        undoable = f"--cover {self.cover} {styles.UNDOABLE}" if self.cover != "solid" else ""
        weaker = (
            "" if self.lookahead_s else "--lookahead 0 is weaker: whoever appears is visible until they are detected"
        )
        return tuple(warning for warning in (undoable, weaker) if warning)

    @property
    def text(self) -> str:
        """How `redaction.policy` names it."""
        text = f"{self.cover} margin={self.margin:g} hold={self.hold_s:g} lookahead={self.lookahead_s:g}"
        return text if self.cover == "solid" else f"{text} can-be-undone"
