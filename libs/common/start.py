"""Where reading of a place begins."""

import logging
from dataclasses import dataclass

from libs.common.bus import Commit, Place, Reader
from libs.common.clock import Clock
from libs.common.progress import Note, Progress

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StartRule:
    """`mode` every: the commit, else the earliest; latest: the commit, else the end; tail: the end, no commits.

    `from_ms` (UTC) overrides the commit; `history_s` seconds before the start are read for the stage to remember.
    """

    mode: str = "every"
    from_ms: int | None = None
    history_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A place that is being read; `lost` counts the records that retention took before they were read."""

    progress: Progress
    lost: int = 0


def open_place(reader: Reader, place: Place, rule: StartRule, clock: Clock) -> Opened:
    """Seek to where reading begins. Raises TemporaryError while the broker is away."""
    bounds = reader.bounds(place)
    committed = reader.committed(place) if rule.mode != "tail" else None
    note = Note.parse(committed.note) if committed else Note()
    start, lost = _start(reader, place, rule, committed, bounds)
    base_ms = rule.from_ms or note.newest_ms or clock.now_ns() // 1_000_000
    first = _history(reader, place, rule, base_ms, start, bounds[0])
    reader.seek(place, first)
    return Opened(Progress(place, start, note, position=first, committed=committed), lost)


def _start(
    reader: Reader, place: Place, rule: StartRule, committed: Commit | None, bounds: tuple[int, int]
) -> tuple[int, int]:
    first, end = bounds
    if rule.from_ms is not None:
        found = reader.offset_at(place, rule.from_ms)
        return (end if found is None else max(first, found)), 0
    if committed is None:
        return (first if rule.mode == "every" else end), 0
    if committed.offset > end:
        log.warning("%s/%s was committed at %s and ends at %s: it was made anew", *place, committed.offset, end)
        return first, 0
    return max(first, committed.offset), max(0, first - committed.offset)


def _history(reader: Reader, place: Place, rule: StartRule, base_ms: int, start: int, first: int) -> int:
    if not rule.history_s or rule.mode == "tail" or start == first:
        return start
    found = reader.offset_at(place, base_ms - round(rule.history_s * 1000))
    return start if found is None else max(first, min(start, found))
