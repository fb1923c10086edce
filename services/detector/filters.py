"""What is not reported: labels that nobody wants, what is too unsure, too small, too large, or of the wrong shape."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from libs.common.errors import SettingsError
from libs.common.messages import Detection, Frame
from services.detector.backend import Backend
from services.detector.boxes import area
from services.detector.counts import Counts
from services.detector.limits import ANY, Limits
from services.detector.picture import WHOLE
from services.detector.step import Look, Sighting, Step


@dataclass(frozen=True)
class Rules:
    """By default everything is reported."""

    labels: frozenset[str] = frozenset()
    """Empty: all of them."""
    confidence: Limits = ANY
    area: Limits = ANY
    """As a share of the picture."""
    ratio: Limits = ANY
    """Width by height, both in pixels."""

    def __bool__(self) -> bool:
        return any((self.labels, self.confidence, self.area, self.ratio))

    def against(self, found: Detection, frame: Frame) -> str | None:
        """Why this is not reported, in one word; None: it is."""
        # Who covers `person` covers what has it as a parent too, and trusts the verdict that it was looked for.
        if self.labels and self.labels.isdisjoint((found.label, *found.parents)):
            return "label"
        if not self.confidence.allow(found, found.confidence):
            return "confidence"
        # Over the whole picture: everything changed, or a backend without places found something. It has no size.
        if found.box == WHOLE:
            return None
        if self.area and not self.area.allow(found, area(found.box)):
            return "area"
        if self.ratio and not self.ratio.allow(found, _ratio(found, frame)):
            return "ratio"
        return None

    def named(self) -> Iterable[tuple[str, str]]:
        """Every label that is named, and the flag that names it."""
        yield from (("labels", label) for label in sorted(self.labels))
        for flag, limits in (("confidence", self.confidence), ("area", self.area), ("ratio", self.ratio)):
            yield from ((flag, label) for label in limits.by_label)


class Filters(Step):
    """What it drops is neither reported nor covered; a verdict promises only labels that are reported."""

    def __init__(self, rules: Rules, counts: Counts) -> None:
        self._rules = rules
        self._counts = counts

    def take(self, sighting: Sighting) -> None:
        kept = (self._kept(look, sighting.frame) for look in sighting.looks)
        sighting.looks = [look for look in kept if look is not None]

    def _kept(self, look: Look, frame: Frame) -> Look | None:
        """None for a look that would promise nothing."""
        wanted = self._rules.labels
        labels = tuple(label for label in look.labels if label in wanted) if wanted else look.labels
        if wanted and not labels:
            self._counts.filtered.labels("label").inc(len(look.found))
            return None
        return replace(look, labels=labels, found=[each for each in look.found if self._is_kept(each, frame)])

    def _is_kept(self, found: Detection, frame: Frame) -> bool:
        why = self._rules.against(found, frame)
        if why is not None:
            self._counts.filtered.labels(why).inc()
        return why is None


def check_labels(rules: Rules, backends: Iterable[Backend]) -> None:
    """Raises SettingsError for a label that none of them can find: a filter for it would be a slip of the pen."""
    known = sorted({label for backend in backends for label in backend.labels})
    for flag, label in rules.named():
        if label not in known:
            there = f"expected some of {', '.join(known):.400}" if known else "they find nothing at all"
            raise SettingsError(f"--{flag} {label}: no backend finds that, {there}")


def _ratio(found: Detection, frame: Frame) -> float:
    """Infinite for a box without height."""
    x0, y0, x1, y1 = found.box
    height = (y1 - y0) * frame.height
    return (x1 - x0) * frame.width / height if height > 0 else float("inf")
