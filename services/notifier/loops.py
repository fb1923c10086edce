"""No channel may write to what the notifier reads: it would tell of its own messages, or read them as its memory."""

from collections.abc import Mapping

from libs.common.errors import SettingsError
from services.notifier.book import Book


def check_topics(book: Book, used: Mapping[str, str]) -> None:
    """`used`: topic -> the flag that names it. Raises SettingsError, one line that begins with the channel."""
    for name, settings in book.channels.items():
        for topic in settings.writes():
            if (flag := used.get(topic)) is not None:
                raise SettingsError(f"channel {name}, topic: {topic} is that of {flag}: expected another one")
