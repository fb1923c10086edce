"""What redact-check found, as a table for people and as JSON for programs. Frames count from 1, as in the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from libs.ops.redact_figures import Figures, Leak, Person, Run

MOST_LEAKS = 1000
"""So many single boxes stand in the JSON, the most visible first."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of redacting, as the redactor itself calls it, and what it cost."""

    policy: str
    figures: Figures
    cpu_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One clip: with the look-ahead that was asked for, then without any."""

    clip: str
    detector: str
    frames: int
    fps: float
    labelled_frames: int
    detector_cpu_ms: float
    ways: Sequence[Way]
    sheet: Sequence[int]
    """The seq of its pictures."""


def table(result: Result) -> str:
    """Rows of what was measured, a column for each way."""
    rows = [("", *(way.policy for way in result.ways)), *_rows(result)]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(rows[0]))]
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    boxes, unknown = result.ways[0].figures.boxes, result.frames - result.labelled_frames
    head = (
        f"{result.clip}: {result.frames} frames, {result.fps:.3g} a second; {boxes} boxes in {result.labelled_frames} "
        f"labelled frames; detector {result.detector}"
    )
    note = f"{unknown} frames are not labelled: who can be seen there is not known, and no run goes on through them"
    return "\n".join([head, "", *lines, "", *([note] if unknown else []), *_worst(result.ways[0].figures), ""])


def _rows(result: Result) -> list[tuple[str, ...]]:
    figures = [way.figures for way in result.ways]
    return [
        ("boxes more than 10 % visible", *(_rate(each.leak_rate, len(each.leaks)) for each in figures)),
        ("boxes more than 50 % visible", *(_rate(each.half_rate, each.half) for each in figures)),
        ("longest visible", *(_run(each.longest, result.fps) for each in figures)),
        ("covered area", *(f"{each.area:.1%}" for each in figures)),
        ("frames withheld", *(_withheld(each) for each in figures)),
        ("frames that did not come out", *(str(each.missing_frames) for each in figures)),
        ("frames not black where said", *(str(each.dishonest_frames) for each in figures)),
        ("a frame waits (longest)", *(f"{each.delay_s:.2f} s ({each.longest_delay_s:.2f} s)" for each in figures)),
        ("redactor, CPU per frame", *(f"{way.cpu_ms:.2f} ms" for way in result.ways)),
        ("detector, CPU per frame", *(f"{result.detector_cpu_ms:.2f} ms" for _ in result.ways)),
    ]


def _rate(rate: float, count: int) -> str:
    return f"{rate:.2%} ({count})"


def _run(run: Run | None, fps: float) -> str:
    if run is None:
        return "nobody"
    many = "frame" if run.frames == 1 else "frames"
    return f"{run.frames} {many}, {run.frames / fps:.1f} s (id {run.id}, from {run.first_seq + 1})"


def _withheld(figures: Figures) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in figures.withheld.most_common())
    hides = figures.boxes - figures.shown_boxes
    return f"{figures.withheld.total()}: {reasons}; {hides} boxes in them" if reasons else "0"


def _worst(figures: Figures) -> list[str]:
    people = sorted((each for each in figures.people if each.leaks), key=lambda each: -each.leaks)
    return [f"id {each.id}: {each.leaks} of {each.boxes} boxes visible" for each in people[:10]]


def document(result: Result) -> dict[str, Any]:
    """The same for programs; rates and areas are 0..1, times seconds, boxes left, top, right, bottom in pixels."""
    return {
        "clip": result.clip,
        "frames": result.frames,
        "fps": result.fps,
        "labelled_frames": result.labelled_frames,
        "detector": {"models": result.detector, "cpu_ms_per_frame": result.detector_cpu_ms},
        "ways": [_way(way, result.fps) for way in result.ways],
        "sheet": [seq + 1 for seq in result.sheet],
    }


def _way(way: Way, fps: float) -> dict[str, Any]:
    figures = way.figures
    worst = sorted(figures.leaks, key=lambda leak: -leak.sight.visible)[:MOST_LEAKS]
    return {
        "policy": way.policy,
        "boxes": figures.boxes,
        "shown_boxes": figures.shown_boxes,
        "visible_10": len(figures.leaks),
        "visible_10_rate": figures.leak_rate,
        "visible_50": figures.half,
        "visible_50_rate": figures.half_rate,
        "longest": _run_document(figures.longest, fps),
        "covered_area": figures.area,
        "shown_frames": figures.shown_frames,
        "withheld_frames": dict(figures.withheld),
        "missing_frames": figures.missing_frames,
        "not_black_frames": figures.dishonest_frames,
        "delay": figures.delay_s,
        "longest_delay": figures.longest_delay_s,
        "cpu_ms_per_frame": way.cpu_ms,
        "people": [_person(each, fps) for each in figures.people],
        "leaks": [_leak(each) for each in worst],
    }


def _run_document(run: Run | None, fps: float) -> dict[str, Any] | None:
    if run is None:
        return None
    return {"id": run.id, "frame": run.first_seq + 1, "frames": run.frames, "seconds": run.frames / fps}


def _person(person: Person, fps: float) -> dict[str, Any]:
    longest = _run_document(person.longest, fps)
    return {"id": person.id, "boxes": person.boxes, "visible_10": person.leaks, "longest": longest}


def _leak(leak: Leak) -> dict[str, Any]:
    sight = leak.sight
    return {"frame": leak.seq + 1, "id": sight.id, "visible": sight.visible, "box": list(sight.box)}
