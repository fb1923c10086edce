"""What a notice says: the one thing that the delivery asks of the templates."""

from collections.abc import Sequence
from typing import Protocol

from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.channels.channel import Note


class Text(Protocol):
    """Templates are those of the channel, else those of the file, else our own."""

    def note(self, book: Book, notice: Notice, jpeg: bytes | None, members: Sequence[Notice] = ()) -> Note:
        """The note of this notice; `members`: what a summary tells of, oldest first.

        Never fails for what a camera or a template says: a template that fails is told in the log, ours is used then.
        """
