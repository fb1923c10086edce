"""framebus notifier: wiring."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from queue import SimpleQueue

from libs.common import service
from libs.common.bus import Reader, Writer
from libs.common.clock import SystemClock
from libs.common.groups import group_of
from libs.common.messages import Event
from services.notifier.book import Book
from services.notifier.books import Books, books_of
from services.notifier.camera_statuses import Statuses
from services.notifier.channels.settings import Tools
from services.notifier.clips import Clips
from services.notifier.commands import explain_command, self_test
from services.notifier.commands.check_text import check_text, openable
from services.notifier.counts import HappeningCounts
from services.notifier.decide import Decide
from services.notifier.delivery.couriers import Couriers
from services.notifier.joined import Joined
from services.notifier.ledger.kafka_ledger import KafkaLedger
from services.notifier.ledger.lives import new_life
from services.notifier.look_up import LookUp
from services.notifier.newest import Newest
from services.notifier.notify import Notify
from services.notifier.own_writer import OwnWriter
from services.notifier.pictures import Pictures
from services.notifier.publisher import Publisher
from services.notifier.rules.judge import Judge
from services.notifier.settings import NONE, Settings
from services.notifier.text.boxes import drawn
from services.notifier.text.texts import Texts

NAME = "notifier"
TEXT = "Tells people what their rules ask for, once each: by mail, Telegram, webhook, MQTT, Kafka and many more."
CLIENT = f"framebus-{NAME}"


def serve(settings: Settings, process: service.Service) -> None:
    if settings.test:
        self_test.run(settings, process.clock)
    elif settings.explain:
        explain_command.run(settings, process.clock.now_ns())
    else:
        books = books_of(settings, process.clock)
        if (writer := process.writer(settings.topic)) is not None:
            with ExitStack() as closing:
                closing.callback(writer.close)
                _run(settings, process, books, writer, closing)


def _run(settings: Settings, process: service.Service, books: Books, writer: Writer, closing: ExitStack) -> None:
    """What is opened last is closed first: nobody reads, then nobody sends, then nobody asks what was sent."""
    clock, told = process.clock, SimpleQueue[Event]()

    def book() -> Book:
        return books.book

    ledger = _ledger(settings, process, writer)
    closing.callback(ledger.close)
    statuses = Statuses(_reader_of(settings, settings.status) if settings.status != NONE else None)
    closing.callback(statuses.close)
    pictures = Pictures(LookUp(_look_up(settings), settings.input, clock).frames, clock, drawn)
    own = OwnWriter(settings.kafka(), CLIENT)
    closing.callback(own.close)
    publisher = Publisher(own, clock, settings.control if settings.control != NONE else None)

    def tools(name: str) -> Tools:
        return Tools(name, process.instance, settings.folder, clock, publisher.publish, publisher.order, statuses)

    texts = Texts(clock, pictures.why_none)
    couriers = Couriers(ledger, book, texts, pictures, tools, told.put, process.metrics, clock)
    closing.callback(couriers.close)
    ledger.heard = couriers.wake
    newest = Newest(clock, settings.wait_s, statuses)
    stage = Notify(
        newest=newest,
        joined=Joined(clock, newest, settings.wait_s, settings.event_s),
        decide=Decide(book, Judge(clock, ledger), ledger, couriers.limits, clock),
        clips=Clips(book, ledger, clock, settings.recordings),
        couriers=couriers,
        counts=HappeningCounts(process.metrics),
        keep=pictures.keep,
        is_ready=lambda: ledger.ready,
        look=books.look,
        events=settings.events if settings.events != NONE else None,
        told=told,
    )
    ledger.start()
    couriers.start()
    process.run_stages(settings, dict.fromkeys(settings.input, stage), writer=writer, together=True)


def _ledger(settings: Settings, process: service.Service, writer: Writer) -> KafkaLedger:
    return KafkaLedger(
        _reader_of(settings, settings.topic),
        writer,
        settings.topic,
        process.instance,
        settings.instance is not None,
        new_life(),
        process.clock,
        group=group_of(NAME, settings) or "",
    )


def _reader_of(settings: Settings, topic: str) -> Callable[[], Reader]:
    from libs.common.kafka_table import reader_of

    return reader_of(settings.kafka(), topic, CLIENT, patient=True)


def _look_up(settings: Settings) -> Callable[[str], Reader]:
    from libs.common.kafka_table import reader_of

    return lambda topic: reader_of(settings.kafka(), topic, CLIENT)()


def check(settings: Settings) -> list[str]:
    """The rules and the channels, one line each. Raises SettingsError, also for a channel that cannot be opened."""
    book = settings.book()
    openable(book, settings.folder, SystemClock())
    return check_text(book)


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, NAME, TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
