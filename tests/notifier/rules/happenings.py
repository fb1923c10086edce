"""Happenings as these tests need them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.notifier.happening import Happening, Seen

SECOND_NS = 1_000_000_000
NOON = 1_768_388_400 * SECOND_NS
"""2026-01-14, a Wednesday, 12:00:00 in Berlin."""
HAPPENING = Happening(id="e0", camera="porch", kind="detection.started", at=NOON, boot="00000001", label="person")


def at(text: str) -> int:
    """UTC ns of an ISO time with its offset."""
    return round(datetime.fromisoformat(text).timestamp()) * SECOND_NS


def happening(**fields: Any) -> Happening:
    """A person came into sight of the porch at noon; `fields` replace any field."""
    return replace(HAPPENING, **fields)


def seen(label: str, confidence: float | None = 0.9, parents: Iterable[str] = (), zones: Iterable[str] = ()) -> Seen:
    return Seen(label, confidence, tuple(parents), tuple(zones))


def of(label: str | None, *parents: str, **fields: Any) -> Happening:
    """Something came into sight, with these parents."""
    found = (seen(label, parents=parents),) if label else ()
    return happening(label=label, seen=found, counts={label: 1} if label else {}, **fields)
