"""What all couriers of a process share."""

from dataclasses import dataclass
from typing import Protocol

from libs.common.clock import Clock
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.delivery.counts import Counts
from services.notifier.delivery.failing import Failing
from services.notifier.delivery.limits import Limits
from services.notifier.ledger.ledger import Ledger
from services.notifier.rules.rule import Rule
from services.notifier.text.text import Text


class Books(Protocol):
    """The newest good rules.yaml."""

    @property
    def book(self) -> Book: ...


class PictureSource(Protocol):
    """The pictures of notices; called from several threads."""

    def of(self, notice: Notice, rule: Rule | None) -> bytes | None:
        """The JPEG that may be shown, None if there is none."""


@dataclass(frozen=True)
class Office:
    """One per process; everything in it may be used by several threads."""

    ledger: Ledger
    books: Books
    text: Text
    pictures: PictureSource
    limits: Limits
    failing: Failing
    counts: Counts
    clock: Clock
