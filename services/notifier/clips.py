"""Completes what was told with the recording that holds it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libs.common.clock import Clock
from libs.common.messages import Event, Notice, replace
from services.notifier.book import Book
from services.notifier.ids import notice_id
from services.notifier.ledger.ledger import Ledger
from services.notifier.notices import CLIP, PICTURE, about_picture, others
from services.notifier.text.links import web
from services.notifier.text.why_no_picture import FOLLOWS

FINISHED = "recording.finished"


@dataclass
class Clips:
    """`folder`: where recordings lie for this process; a file elsewhere is never read, whatever an event says."""

    book: Callable[[], Book]
    ledger: Ledger
    clock: Clock
    folder: Path | None = None

    def updates(self, event: Event) -> list[Notice]:
        """For every message of this camera whose moment it holds, whose rule asks for clips and whose channel can."""
        if event.kind != FINISHED:
            return []
        start_at, end_at = (_number(event.data.get(name)) for name in ("start_at", "end_at"))
        path, url = self._path(event), web(event.data.get("url")) or None
        if start_at is None or end_at is None or not (path or url):
            return []
        clip = {"path": path, "url": url, "bytes": _number(event.data.get("bytes")) or 0}
        told = self.ledger.told(event.camera, start_at, end_at)
        return [self._completed(notice, clip) for notice in told if self._wants(notice)]

    def _wants(self, notice: Notice) -> bool:
        book = self.book()
        rule, channel = book.rule(notice.rule), book.channels.get(notice.channel)
        wanted = rule is not None and rule.clip and channel is not None and channel.can_edit
        return wanted and self.ledger.find(_clip_id(notice)) is None

    def _completed(self, notice: Notice, clip: dict[str, Any]) -> Notice:
        """All that was said so far, and the clip."""
        said = self._with_picture(notice)
        picture = {name: value for name, value in about_picture(said).items() if value != FOLLOWS}
        update = replace(
            said,
            id=_clip_id(notice),
            updates=notice.id,
            state="waiting",
            noticed_at=self.clock.now_ns(),
            data={**others(said.data), **picture, CLIP: clip},
            attempts=0,
            due_at=0,
            sent_at=None,
            error=None,
            handle=None,
        )
        return self.ledger.sign(update)

    def _with_picture(self, notice: Notice) -> Notice:
        """Who was told before the frame came was told more when it came."""
        update = self.ledger.find(notice_id(notice.event, notice.channel, PICTURE))
        return update if update is not None and update.updates == notice.id else notice

    def _path(self, event: Event) -> str | None:
        given = _text(event.data.get("path"))
        if self.folder is None or given is None:
            return None
        try:
            folder = self.folder.resolve()
            found = (folder / given).resolve()
            return str(found) if found.is_relative_to(folder) and found.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None


def _clip_id(notice: Notice) -> str:
    return notice_id(notice.event, notice.channel, CLIP)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
