"""Makes of a notice what is sent: subject, text, HTML and all that a channel may want to know."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from libs.common.clock import Clock
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.channels.channel import Note
from services.notifier.channels.mail_settings import MailSettings
from services.notifier.channels.settings import ChannelSettings
from services.notifier.own_kinds import TEST
from services.notifier.plain_text import lines, name, one_line
from services.notifier.text.fields import Surroundings, fields_of, zones_of
from services.notifier.text.links import clip_of, links
from services.notifier.text.sandbox_rules import WrongTemplateError
from services.notifier.text.sentences import label_of
from services.notifier.text.templates import MOST_WRITTEN, image, template
from services.notifier.text.times import moment, zone_or_utc

log = logging.getLogger(__name__)

LONGEST_SUBJECT = 200
LONGEST_TEXT = 65_536
SUBJECT, TEXT, HTML = "subject", "text", "html"
NAMES = (SUBJECT, TEXT, HTML)
_FOLDER = Path(__file__).parent / "own"
OWN: Mapping[str, str] = {
    SUBJECT: (_FOLDER / "subject.txt").read_text("utf-8"),
    TEXT: (_FOLDER / "text.txt").read_text("utf-8"),
    HTML: (_FOLDER / "message.html").read_text("utf-8"),
}
"""Our own templates."""


def _nothing(notice: Notice) -> str:
    """Nobody knows why a picture is not there."""
    return ""


class Texts:
    """Called from several threads. `why_none`: asked why a picture that was looked for is not there."""

    def __init__(self, clock: Clock, why_none: Callable[[Notice], str] = _nothing) -> None:
        self._clock = clock
        self._why_none = why_none

    def note(self, book: Book, notice: Notice, jpeg: bytes | None, members: Sequence[Notice] = ()) -> Note:
        """Templates are those of the channel, else those of the file, else our own: a template that fails is told in
        the log, ours is used then.
        """
        settings = book.channels.get(notice.channel)
        jpeg = jpeg if settings is None or settings.picture else None
        around = surroundings(book, notice, jpeg is not None, self._clock.now_ns(), members)
        fields = fields_of(notice, replace(around, why_none=self._why_none(notice)))
        sources = templates_of(book, settings)
        subject = self._written(SUBJECT, sources, fields, notice.channel)
        fields = fields | {"subject": subject}
        summary = fields["summary"]
        return Note(
            id=notice.id,
            event=notice.event,
            camera=notice.camera,
            kind=notice.kind,
            rule=notice.rule,
            at=notice.at,
            local_time=str(moment(notice.at, around.zone)),
            subject=subject,
            text=self._written(TEXT, sources, fields, notice.channel),
            html=self._html(settings, sources, fields | _image(fields, jpeg), notice.channel),
            label=label_of(notice) or None,
            labels={name(label): ratio for label, ratio in notice.labels.items()},
            counts={name(label): count for label, count in notice.counts.items()},
            zones=tuple(zones_of(notice)),
            links=links(book.viewer, notice),
            jpeg=jpeg,
            clip=clip_of(notice),
            summary_of=summary if isinstance(summary, int) else 0,
            marked=notice.kind == TEST,
        )

    def _html(
        self,
        settings: ChannelSettings | None,
        sources: Mapping[str, str],
        fields: Mapping[str, object],
        channel: str,
    ) -> str:
        """Mail alone shows it."""
        return self._written(HTML, sources, fields, channel) if isinstance(settings, MailSettings) else ""

    def _written(self, which: str, sources: Mapping[str, str], fields: Mapping[str, object], channel: str) -> str:
        """By the template of rules.yaml; by ours where that one fails, or says nothing at all."""
        try:
            written = rendered(which, sources[which], fields)
        except WrongTemplateError as wrong:
            log.warning("channel %s, %s, line %d: %s; our own is used", channel, which, wrong.line, wrong)
            written = ""
        return written or rendered(which, OWN[which], fields)


def surroundings(
    book: Book, notice: Notice, with_picture: bool, now_ns: int, members: Sequence[Notice] = ()
) -> Surroundings:
    settings = book.channels.get(notice.channel)
    rule = book.rule(notice.rule)
    return Surroundings(
        site=book.site,
        viewer=book.viewer,
        zone=zone_or_utc((settings.timezone if settings else None) or book.timezone),
        now_ns=now_ns,
        rule=rule.name if rule else "",
        with_picture=with_picture,
        wants_picture=(settings is None or settings.picture) and (rule is None or rule.picture),
        members=members,
    )


def templates_of(book: Book, settings: ChannelSettings | None) -> dict[str, str]:
    """By name: the channel's, else the file's, else our own."""
    return {which: getattr(settings, which, None) or book.texts.get(which) or OWN[which] for which in NAMES}


def rendered(which: str, source: str, fields: Mapping[str, object]) -> str:
    """Fit to be sent: the subject is one line, the text has no control signs. Raises WrongTemplateError."""
    written = template(source, which == HTML)(fields, MOST_WRITTEN)
    if which == SUBJECT:
        return one_line(written, LONGEST_SUBJECT)
    return lines(written, LONGEST_TEXT) if which == TEXT else written.strip()


def _image(fields: Mapping[str, object], jpeg: bytes | None) -> dict[str, object]:
    return {"image": image(str(fields["what"]))} if jpeg is not None else {}
