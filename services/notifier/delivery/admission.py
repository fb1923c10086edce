"""Whether a new notice goes out by itself or into the channel's next summary."""

from typing import Protocol

from services.notifier.book import Book


class Admission(Protocol):
    """Asked once for each notice, before it is written."""

    def state(self, book: Book, channel: str, urgent: bool, at: int, now_ns: int, notice: str) -> str:
        """`waiting`, or `gathered`: beyond the rate limit, in quiet hours (unless urgent), or older than 15 min.

        `notice`: its id; who asks twice for the same one gets the same answer and takes room once.
        """
