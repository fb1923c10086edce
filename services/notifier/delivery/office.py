"""What all couriers of a process share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.common.clock import Clock
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.channels.channel import Note
from services.notifier.delivery.failing import Failing
from services.notifier.delivery.limits import Limits
from services.notifier.delivery.notice_counts import NoticeCounts
from services.notifier.ledger.ledger import Ledger
from services.notifier.rules.rule import Rule


class Text(Protocol):
    """What notices say; called from several threads."""

    def note(self, book: Book, notice: Notice, jpeg: bytes | None, members: Sequence[Notice] = ()) -> Note:
        """The note of this notice; `members`: what a summary tells of, oldest first.

        Never fails for what a camera or a template says.
        """


class Pictures(Protocol):
    """The pictures of notices; called from several threads."""

    def of(self, notice: Notice, rule: Rule | None) -> bytes | None:
        """The JPEG that may be shown, None if there is none."""


@dataclass(frozen=True)
class Office:
    """One per process; everything in it may be used by several threads. `book`: the newest good one."""

    ledger: Ledger
    book: Callable[[], Book]
    text: Text
    pictures: Pictures
    limits: Limits
    failing: Failing
    counts: NoticeCounts
    clock: Clock
