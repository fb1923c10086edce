"""What became of the acknowledged frames at a sink: lost, doubled, out of order, uncovered, late, swapped, withheld."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from libs.common import images
from libs.common.messages import Frame, Message
from tests.camera import strip
from tests.camera.strip import Image

Bare = Callable[[int, Image], Iterable[object]]
"""Who can be seen in the picture of that `seq`: names for the report."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message on the sink's topic, and the broker's time of it (ms, UTC)."""

    message: Message
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is remembered of a frame that was found; its picture was looked at and is gone."""

    camera: str
    boot: str
    seq: int
    age_s: float
    reason: str | None
    is_foreign: bool
    bare: tuple[str, ...]

    @property
    def frame_id(self) -> str:
        return f"{self.camera}/{self.boot}/{self.seq}"


@dataclass(frozen=True)
class Report:
    """Lists of frame ids. Of copies the first one wins: only `doubled`, `uncovered` and `foreign` know the others."""

    acknowledged: int
    arrived: int
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not at the sink."""
    doubled: list[str] = field(default_factory=list)
    """Came once more; allowed after a kill."""
    reordered: list[str] = field(default_factory=list)
    """Came behind a later frame of their boot, or after their camera had begun another boot."""
    uncovered: list[str] = field(default_factory=list)
    """`frame_id who`: can be seen in at least one copy."""
    late: list[str] = field(default_factory=list)
    """Longer on their way than allowed."""
    foreign: list[str] = field(default_factory=list)
    """The picture shows another frame's stamp, or none."""
    withheld: Counter[str] = field(default_factory=Counter)
    """How many left black, by reason."""

    def __str__(self) -> str:
        names = ("lost", "doubled", "reordered", "uncovered", "late", "foreign")
        faults = [f"{len(getattr(self, name))} {name}" for name in names]
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(self.withheld.items()))
        withheld = f"{self.withheld.total()} withheld" + (f" ({reasons})" if reasons else "")
        return f"{self.acknowledged} acknowledged, {self.arrived} arrived: {', '.join([*faults, withheld])}"


def check(acknowledged: Collection[str], found: Iterable[Found], bare: Bare, late_s: float = inf) -> Report:
    """`found` is everything on the sink's topic, in the order of the log within each partition."""
    copies = [_look(each.message, each.at_ms, bare) for each in found if isinstance(each.message, Frame)]
    first: dict[str, Copy] = {}
    for copy in copies:
        first.setdefault(copy.frame_id, copy)
    return Report(
        acknowledged=len(acknowledged),
        arrived=len(first),
        lost=[frame_id for frame_id in acknowledged if frame_id not in first],
        doubled=[copy.frame_id for copy in copies if copy is not first[copy.frame_id]],
        reordered=list(_reordered(first.values())),
        uncovered=[f"{copy.frame_id} {who}" for copy in copies for who in copy.bare],
        late=[copy.frame_id for copy in first.values() if copy.age_s > late_s],
        foreign=[copy.frame_id for copy in copies if copy.is_foreign],
        withheld=Counter(copy.reason for copy in first.values() if copy.reason is not None),
    )


def _look(frame: Frame, at_ms: int, bare: Bare) -> Copy:
    image = images.decode(frame.image)
    reason = (frame.redaction.reason or "none") if frame.redaction and frame.redaction.withheld else None
    return Copy(
        camera=frame.camera,
        boot=frame.boot,
        seq=frame.seq,
        age_s=at_ms / 1e3 - frame.captured_at / 1e9,
        reason=reason,
        is_foreign=reason is None and _stamped(image) != frame.frame_id,
        bare=tuple(str(who) for who in bare(frame.seq, image)),
    )


def _stamped(image: Image) -> str | None:
    stamp = strip.read(image)
    return stamp.frame_id if stamp else None


def _reordered(first: Iterable[Copy]) -> Iterator[str]:
    highest: dict[tuple[str, str], int] = {}
    newest: dict[str, str] = {}
    for copy in first:
        boot = copy.camera, copy.boot
        if boot not in highest:
            newest[copy.camera] = copy.boot
        elif copy.boot != newest[copy.camera] or copy.seq < highest[boot]:
            yield copy.frame_id
        highest[boot] = max(highest.get(boot, -1), copy.seq)
