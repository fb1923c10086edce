"""--test: a message marked as a test through every channel, and what became of each."""

import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from libs.common.clock import Clock
from libs.common.errors import FatalError, FramebusError
from libs.common.instances import own_instance
from libs.common.messages import Notice
from libs.common.scrub import scrub
from services.notifier.book import Book
from services.notifier.channels.settings import Tools
from services.notifier.commands.sample_picture import JPEG
from services.notifier.delivery.outcomes import in_words
from services.notifier.ids import notice_id
from services.notifier.own_kinds import TEST
from services.notifier.own_writer import OwnWriter
from services.notifier.publisher import Publisher
from services.notifier.settings import Settings
from services.notifier.text.texts import Texts

SENT = "sent"
AT_ONCE = 8
CAMERA = "test"


def run(settings: Settings, clock: Clock) -> None:
    """Print a line for each channel. Raises SettingsError for wrong rules, FatalError if any channel failed."""
    book = settings.book()
    writer = OwnWriter(settings.kafka(), "framebus-test")
    publisher = Publisher(writer, clock)

    def tools(name: str) -> Tools:
        instance = f"{own_instance(settings.instance)}-test"
        return Tools(name, instance, settings.folder, clock, publisher.publish, lambda camera, pause: None, dict)

    try:
        results = tried(book, Texts(clock), clock, tools)
    finally:
        writer.close()
    sys.stdout.write(scrub("".join(f"{name}: {became}\n" for name, became in results.items())))
    if failed := [name for name, became in results.items() if became != SENT]:
        raise FatalError(f"failed: {', '.join(failed)}")


def tried(book: Book, texts: Texts, clock: Clock, tools: Callable[[str], Tools]) -> dict[str, str]:
    """By channel `sent`, or why not, in one line; every channel of the book, several at once."""
    event = f"test-{secrets.token_hex(8)}"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        became = pool.map(lambda name: _tried(book, texts, _notice(event, name, clock.now_ns()), tools), book.channels)
        return dict(zip(book.channels, became, strict=True))


def _tried(book: Book, texts: Texts, notice: Notice, tools: Callable[[str], Tools]) -> str:
    """A bug of one channel must not hide what became of the others."""
    try:
        channel = book.channels[notice.channel].open(tools(notice.channel))
        try:
            channel.send(texts.note(book, notice, JPEG))
        finally:
            channel.close()
    except FramebusError as error:
        return in_words(error)
    except Exception as error:
        return f"a bug: {type(error).__name__}"
    return SENT


def _notice(event: str, channel: str, now_ns: int) -> Notice:
    """Another event each time: whoever drops repeats takes it."""
    return Notice(
        id=notice_id(event, channel),
        camera=CAMERA,
        event=event,
        channel=channel,
        rule=TEST,
        kind=TEST,
        at=now_ns,
        noticed_at=now_ns,
        state="waiting",
        text="Nothing has happened.",
    )
