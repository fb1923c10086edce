"""What a note says, for programs: the same in every channel that writes JSON."""

from typing import Any

from services.notifier.channels.channel import Note


def content(note: Note) -> dict[str, Any]:
    """All but what channels name each in their way: id, kind, moment, picture, clip. Without HTML."""
    return {
        "event": note.event,
        "camera": note.camera,
        "rule": note.rule,
        "label": note.label,
        "labels": dict(note.labels),
        "counts": dict(note.counts),
        "zones": list(note.zones),
        "subject": note.subject,
        "text": note.text,
        "local_time": note.local_time,
        "links": dict(note.links),
        "summary_of": note.summary_of,
        "test": note.marked,
    }
