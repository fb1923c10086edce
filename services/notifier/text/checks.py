"""What rules.yaml says about texts and pictures is tried when it is read, not when somebody is to be told."""

from collections.abc import Mapping

from libs.common.errors import SettingsError
from services.notifier.book import Book
from services.notifier.text.boxes import check_boxes
from services.notifier.text.fields import fields_of
from services.notifier.text.samples import AT, samples
from services.notifier.text.sandbox_rules import WrongTemplateError
from services.notifier.text.templates import image
from services.notifier.text.texts import NAMES, rendered, surroundings, templates_of


def check_texts(book: Book) -> None:
    """Render every template with made-up notices. Raises SettingsError, one line: channel, template, line, fault.

    The same error, naming the rule, where pictures are to be drawn on and nothing is there to do it.
    """
    unknown = sorted(book.texts.keys() - set(NAMES))
    if unknown:
        raise SettingsError(f"texts: no such template: {unknown[0]!r}, expected {', '.join(NAMES)}")
    for channel, settings in book.channels.items():
        sources = templates_of(book, settings)
        for which in NAMES:
            own = getattr(settings, which, None) is not None
            _check(book, channel, which, sources, f"channel {channel}, {which}" if own else f"texts, {which}")
    check_boxes(book.rules)


def _check(book: Book, channel: str, which: str, sources: Mapping[str, str], where: str) -> None:
    for notice, members in samples(channel):
        fields = fields_of(notice, surroundings(book, notice, True, AT, members))
        try:
            rendered(which, sources[which], fields | {"image": image("picture")})
        except WrongTemplateError as wrong:
            raise SettingsError(f"{where}, line {wrong.line}: {wrong}") from None
