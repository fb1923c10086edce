"""Which labels are in sight of one camera: seen, missing, gone; in stream time, and only by what was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.common.messages import Frame
from services.detector.counting import by_label, counted
from services.detector.step import Look

MOST_LABELS = 200
MOST_ZONES = 64
REMEMBERED_S = 24 * 3600.0
"""A label that was not seen for so long is new again."""


@dataclass(slots=True)
class Present:
    """One label; times in ns of stream time. `started`: the id of its event, empty until it is told."""

    first_at: int
    seen_at: int
    model: str
    looks: int = 0
    missing_at: int | None = None
    started: str = ""
    most: int = 0
    surest: float | None = None
    """The highest confidence so far; None where an older detector has not told it."""
    zones: set[str] = field(default_factory=set)
    ours: bool = True
    """False: only told by what was published earlier, perhaps by another detector."""

    def is_gone(self, at: int, debounce_ns: int) -> bool:
        return self.missing_at is not None and at - self.missing_at >= debounce_ns


@dataclass
class InSight:
    """One camera. `known`: when each label was last in sight."""

    present: dict[str, Present] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    last: Frame | None = None
    waited_s: float = 0.0
    passed_over: bool = False
    """Nobody has looked since its detection was paused."""
    beyond: int = 0
    """Labels that were forgotten, or not taken, since somebody asked last: there were too many."""

    def look(self, frame: Frame, looks: Sequence[Look]) -> None:
        """Take in what was found, and what was looked for and is missing."""
        self._set_back(frame.captured_at)
        seen = counted(looks)
        for look in looks:
            for label, found in by_label(look.found).items():
                if (present := self._present(label, frame.captured_at, look.model)) is not None:
                    present.model, present.ours = look.model, True
                    present.zones.update(zone for each in found for zone in each.zones[:MOST_ZONES])
                    present.surest = max(present.surest or 0.0, *(each.confidence for each in found))
        for label, count in seen.items():
            if (known := self.present.get(label)) is not None:
                known.seen_at, known.missing_at = frame.captured_at, None
                known.looks, known.most = known.looks + 1, max(known.most, count)
        for label, present in self.present.items():
            if label not in seen and _looked_for(label, present, looks):
                present.ours = True
                present.missing_at = frame.captured_at if present.missing_at is None else present.missing_at

    def pass_over(self) -> None:
        """Nobody looks: what was missing a moment ago is not missed now."""
        self.passed_over = True
        for present in self.present.values():
            present.missing_at = None

    def begin_anew(self, at: int, looks: Sequence[Look], debounce_ns: int) -> dict[str, Present]:
        """At the first look after a pause: what was not seen for longer than the debounce is in sight no more.

        Comes out where it is looked for again; before `look`, so that what is found now begins anew.
        """
        if not self.passed_over or not any(look.how == "full" for look in looks):
            return {}
        self.passed_over = False
        old = {label: each for label, each in self.present.items() if at - each.seen_at >= debounce_ns}
        over = {label: each for label, each in old.items() if _looked_for(label, each, looks)}
        for label, present in over.items():
            del self.present[label]
            present.ours = True
        return over

    def is_new(self, label: str, at: int) -> bool:
        """Whether it was not in sight for a day; from now on it is known."""
        before = self.known.pop(label, None)
        self.known[label] = at
        while len(self.known) > MOST_LABELS:
            self.known.pop(next(iter(self.known)))
        return before is None or at - before > REMEMBERED_S * 1e9

    def _present(self, label: str, at: int, model: str) -> Present | None:
        if label in self.present:
            return self.present[label]
        if len(self.present) >= MOST_LABELS and not self._make_room():
            self.beyond += 1
            return None
        self.present[label] = Present(at, at, model)
        return self.present[label]

    def _make_room(self) -> bool:
        """Forget the label that was told of nowhere and seen longest ago."""
        untold = [label for label, present in self.present.items() if not present.started]
        if not untold:
            return False
        del self.present[min(untold, key=lambda label: self.present[label].seen_at)]
        self.beyond += 1
        return True

    def _set_back(self, at: int) -> None:
        """Where the stream's clock went back nothing may wait for the time that was."""
        if self.last is None or at >= self.last.captured_at:
            return
        for present in self.present.values():
            present.first_at, present.seen_at = min(present.first_at, at), min(present.seen_at, at)
            present.missing_at = None if present.missing_at is None else min(present.missing_at, at)
        self.known = {label: min(seen_at, at) for label, seen_at in self.known.items()}


def _looked_for(label: str, present: Present, looks: Sequence[Look]) -> bool:
    return any(look.how == "full" and (look.model == present.model or label in look.labels) for look in looks)
