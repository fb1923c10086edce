"""framebus dead: looks at refused messages, sends them again into a new topic, deletes them."""

import logging
import os
import resource
import sys
from collections.abc import Callable, Sequence

from libs.common.bus import Place
from libs.common.errors import FatalError, SettingsError, TemporaryError
from libs.common.flags import load
from libs.common.kafka_admin import Admin, KafkaError
from libs.common.kafka_check import check_topics
from libs.common.kafka_login import enter
from libs.common.kafka_writer import KafkaWriter
from libs.common.service import complain
from libs.common.topics import DEAD_SUFFIX
from libs.ops.dead_list import list_letters
from libs.ops.dead_purge import purge
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_redrive import Redrive
from libs.ops.dead_settings import Settings
from libs.ops.dead_show import check_place, show_letter, show_newest
from libs.ops.dead_text import say

TEXT = (
    "Refused messages: list counts them, show tells about each, redrive copies them into a new topic, purge deletes "
    "them. A topic is named as source or with .dead. Reads without a group: nobody's progress changes."
)


def main(argv: Sequence[str]) -> int:
    """0 if it was done, 1 if not, or something is missing or the broker is away, 2 for wrong flags."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    # What passes through this memory may show people.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        settings, only_check = load(Settings, argv, "framebus dead", TEXT)
        status = _check(settings) if only_check else _run(settings)
        sys.stdout.flush()
        return status
    except SettingsError as error:
        return complain("dead", error, 2)
    except FatalError as error:
        return complain("dead", error, 1)
    except (TemporaryError, KafkaError) as error:
        return complain("dead", TemporaryError(f"broker {settings.bootstrap}: {error or type(error).__name__}"), 1)
    except KeyboardInterrupt:
        return complain("dead", FatalError("interrupted"), 1)
    except BrokenPipeError:
        # Whoever read our lines has seen enough; Python's own flush at exit shall not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _check(settings: Settings) -> int:
    well, wrong = check_topics(settings.kafka(), settings.dead_topics())
    for line in well + wrong:
        say(line)
    return 1 if wrong else 0


def _run(settings: Settings) -> int:
    """Find the topics, open them, act."""
    enter(settings.kafka())
    with Admin(settings.kafka()) as admin:
        there = admin.names()
        topics = settings.dead_topics() or sorted(name for name in there if name.endswith(DEAD_SUFFIX))
        if missing := [name for name in topics if name not in there]:
            raise FatalError(f"topic {missing[0]} does not exist: nothing was refused so far, or the name is wrong")
        if not topics:
            say("no dead letters: there is no topic that ends with .dead")
            return 0
        with DeadReader(settings.kafka(), {name: admin.partitions(name) for name in topics}) as reader:
            return _ACTIONS[settings.action](settings, admin, reader, topics)


def _list(settings: Settings, admin: Admin, reader: DeadReader, topics: list[str]) -> int:
    list_letters(reader, topics, settings.choice(), settings.format == "json")
    return 0


def _show(settings: Settings, admin: Admin, reader: DeadReader, topics: list[str]) -> int:
    (topic,), as_json = topics, settings.format == "json"
    if settings.partition is not None and settings.offset is not None:
        chosen = [(Place(topic, settings.partition), settings.offset)]
        check_place(reader, *chosen[0])
    else:
        chosen = show_newest(reader, topic, settings.choice(), settings.limit, as_json)
    for place, offset in chosen:
        show_letter(reader, place, offset, settings.save, as_json)
    return 0


def _redrive(settings: Settings, admin: Admin, reader: DeadReader, topics: list[str]) -> int:
    (topic,), target = topics, settings.to or ""
    if target in admin.names() and reader.was_written(target, admin.partitions(target)):
        raise FatalError(f"--to {target}: it has been written before; expected a topic that nobody has used")
    if settings.dry_run:
        return Redrive(topic, target, None).run(reader, settings.choice())
    writer = KafkaWriter(settings.kafka(), "framebus-dead")
    try:
        return Redrive(topic, target, writer).run(reader, settings.choice())
    finally:
        writer.close()


def _purge(settings: Settings, admin: Admin, reader: DeadReader, topics: list[str]) -> int:
    return purge(reader, topics[0], settings.choice(), settings.yes, admin.delete_before)


_ACTIONS: dict[str, Callable[[Settings, Admin, DeadReader, list[str]], int]] = {
    "list": _list,
    "show": _show,
    "redrive": _redrive,
    "purge": _purge,
}
