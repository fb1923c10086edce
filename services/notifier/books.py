"""The rules in force: those of a file, which may change, or those of the flags, which do not."""

from dataclasses import dataclass
from typing import Protocol

from libs.common.clock import Clock
from services.notifier.book import Book
from services.notifier.rules.read import read_book
from services.notifier.rules.watched import Watched
from services.notifier.settings import Settings


class Books(Protocol):
    """`book` may be asked for by any thread, `look` by one: whether it is another one now."""

    @property
    def book(self) -> Book: ...

    def look(self) -> bool: ...


@dataclass(frozen=True)
class Fixed:
    """Of the flags."""

    book: Book

    def look(self) -> bool:
        return False


def books_of(settings: Settings, clock: Clock) -> Books:
    """Raises SettingsError."""
    book = settings.book()
    if settings.rules is None:
        return Fixed(book)
    return Watched(settings.rules, book, clock, lambda path: read_book(path, settings.check_book))
