"""What is right in rules.yaml and probably not meant: nobody is silent by a slip without being told."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from services.notifier.book import Book
from services.notifier.rules.globs import matches

EVENTS = (
    "camera.conflict",
    "camera.connected",
    "camera.covered",
    "camera.dark",
    "camera.disconnected",
    "camera.frozen",
    "camera.paused",
    "camera.recovered",
    "camera.resumed",
    "detection.ended",
    "detection.started",
    "label.new",
    "line.crossed",
    "mark",
    "scheduled",
    "service.failing",
    "service.recovered",
)
"""All kinds that framebus itself tells; other programs may tell others."""
NOT_YET = ("recording.finished", "stage.behind", "stage.overtaken", "upload.failed")
"""Kinds that have a name and a sentence, and no service that tells them."""
WITH_LABEL = ("detection.*", "label.*", "line.*", "scheduled", "service.*")


def doubts(book: Book) -> tuple[str, ...]:
    """One line each, for the operator's eyes."""
    return (*_kinds(book), *_labels(book), *_channels(book))


def _kinds(book: Book) -> Iterator[str]:
    for rule in book.rules:
        for glob in rule.kinds:
            if not _any((glob,), EVENTS):
                meant = " yet" if _any((glob,), NOT_YET) else _meant(get_close_matches(glob, EVENTS, 1))
                yield f"rule {rule.name}, kinds {glob!r}: framebus tells no such events{meant}"


def _labels(book: Book) -> Iterator[str]:
    for rule in book.rules:
        told = [kind for kind in EVENTS if matches(rule.kinds, kind)]
        asks = rule.alarm is not None or rule.new_label is not None
        if asks and told and not _any(WITH_LABEL, told):
            yield f"rule {rule.name}: never fires, events of these kinds have no label"


def _channels(book: Book) -> Iterator[str]:
    used = {name for rule in book.rules for name in rule.channels}
    for name, settings in book.channels.items():
        if name not in used and not settings.watches:
            yield f"channel {name}: no rule uses it"


def _any(globs: tuple[str, ...], kinds: Sequence[str]) -> bool:
    return any(matches(globs, kind) for kind in kinds)


def _meant(near: list[str]) -> str:
    return f"; {near[0]}?" if near else ""
