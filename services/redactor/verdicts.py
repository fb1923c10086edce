"""May this frame leave? What its own verdicts say, before its neighbours in time are asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from libs.common.images import JpegInfo
from libs.common.messages import Frame, Verdict

Reason = Literal["not-looked", "label-not-looked-for", "mismatch", "gap", "start", "late", "error"]
Standing = Reason | Literal["full", "carried"]
Labels = frozenset[str]

NONE: Labels = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What was looked for in one picture. Verdicts about other bytes stand in `named` only: they ask, not answer."""

    named: Labels
    full: Labels
    carried: Labels
    other_bytes: bool
    same_size: bool


UNSEEN = Sight(NONE, NONE, NONE, other_bytes=False, same_size=True)


def sight_of(frame: Frame, info: JpegInfo, crc: int) -> Sight:
    """Sum up the verdicts of a frame; `info` and `crc` are of the very bytes that the frame carries."""
    verdicts = frame.verdicts or ()
    own = [verdict for verdict in verdicts if verdict.image_crc == crc]
    return Sight(
        named=_labels(verdicts),
        full=_labels(verdict for verdict in own if verdict.how == "full"),
        carried=_labels(verdict for verdict in own if verdict.how == "carried"),
        other_bytes=len(own) < len(verdicts),
        same_size=(info.width, info.height, info.orientation) == (frame.width, frame.height, 1),
    )


def standing(sight: Sight, wanted: Labels) -> Standing:
    """`full`: all of `wanted` was looked for in these bytes. `carried`: it has to be vouched for by its neighbours."""
    if not sight.same_size:
        return "mismatch"
    if not sight.named:
        return "not-looked"
    if not wanted:
        return "label-not-looked-for"
    if wanted <= sight.full:
        return "full"
    if wanted <= sight.full | sight.carried:
        return "carried"
    return "mismatch" if sight.other_bytes else "label-not-looked-for"


def _labels(verdicts: Iterable[Verdict]) -> Labels:
    return NONE.union(*{_shared(verdict.labels) for verdict in verdicts})


@lru_cache(maxsize=256)
def _shared(labels: tuple[str, ...]) -> Labels:
    """The same few lists come with every frame: one set each, for speed and memory."""
    return frozenset(labels)
