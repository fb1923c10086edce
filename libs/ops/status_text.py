"""States of cameras as people and programs read them."""

import shutil
import sys
from collections.abc import Sequence
from typing import Any

from libs.ops.dead_text import escaped, say, say_json, when
from libs.ops.status_facts import CameraFacts, Facts, ProducerFacts, ago

WIDTH = 80
GAP = "  "
CAMERAS = ("CAMERA", "STATE", "SINCE", "FPS", "SIZE", "SOURCE", "HOST")
PRODUCERS = ("PRODUCER", "VERSION", "CAMERAS", "SEEN")
LEAST = 8
"""Characters that a column keeps where the line is too short."""


def show(facts: Facts) -> None:
    """Two tables, in lines as long as the terminal's, 80 where there is none."""
    width = max(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH
    if facts.cameras:
        notes = [_note(each) for each in facts.cameras]
        _table(CAMERAS, [_camera(each) for each in facts.cameras], notes, width, narrows=(0, 6))
    for name in facts.missing:
        say(f"{name}: there is no such camera")
    if not facts.cameras and not facts.missing:
        say("no camera has told its state")
    if facts.producers:
        say("")
        _table(PRODUCERS, [_producer(each) for each in facts.producers], [""] * len(facts.producers), width, (0,))


def show_json(facts: Facts) -> None:
    """One object; times in UTC."""
    say_json(
        {
            "cameras": [_camera_json(each) for each in facts.cameras],
            "producers": [_producer_json(each) for each in facts.producers],
            "missing": list(facts.missing),
            "well": facts.well,
        }
    )


def _camera(facts: CameraFacts) -> tuple[str, ...]:
    status = facts.status
    fps = "" if status.fps is None else f"{status.fps:.3g}"
    size = f"{status.width}x{status.height}" if status.width and status.height else ""
    source, host = (escaped(text or "") for text in (status.source, status.host))
    return status.camera, escaped(facts.state)[:20], ago(facts.age_s), fps, size, source[:8], host


def _note(facts: CameraFacts) -> str:
    parts = [facts.note, f"paused: {', '.join(facts.status.paused)}" if facts.status.paused else ""]
    return escaped("; ".join(part for part in parts if part))


def _producer(facts: ProducerFacts) -> tuple[str, ...]:
    stale = " (stale: it is gone, or cannot reach the broker)" if facts.stale else ""
    stale = " (dead)" if facts.dead else stale
    producer = facts.producer
    return escaped(facts.name), escaped(producer.version)[:16], str(len(producer.cameras)), ago(facts.age_s) + stale


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str], width: int, narrows: Sequence[int]
) -> None:
    """`narrows`: columns that are cut, the longest first, where a line would be too long."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    widths[-1] = min(widths[-1], width)
    while sum(widths) + len(GAP) * (len(widths) - 1) > width:
        longest = max(narrows, key=lambda at: widths[at])
        if widths[longest] <= LEAST:
            break
        widths[longest] -= 1
    for row, note in zip((head, *rows), ("", *notes), strict=True):
        cells = (_cut(cell, size).ljust(size) for cell, size in zip(row, widths, strict=True))
        say(GAP.join(cells).rstrip())
        if note:
            say(f"    {_cut(note, width - 4)}")


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "~"


def _camera_json(facts: CameraFacts) -> dict[str, Any]:
    told = {name: getattr(facts.status, name) for name in facts.status.__struct_fields__ if name != "unknown"}
    known = {"state": facts.state, "told": facts.status.state, "since": when(facts.status.since / 1e6)}
    return told | known | {"well": facts.well, "note": facts.note, "producers": facts.producers}


def _producer_json(facts: ProducerFacts) -> dict[str, Any]:
    told = {name: getattr(facts.producer, name) for name in ("host", "instance", "version", "cameras")}
    seen = {"seen_at": when(facts.producer.seen_at / 1e6), "age_s": round(facts.age_s, 1), "stale": facts.stale}
    return told | seen
