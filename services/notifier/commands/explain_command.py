"""--explain: reads recent events and frames, without a group; says which rule would fire for each, or why none."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from libs.common import codec
from libs.common.bus import Place, Reader
from libs.common.errors import FatalError, FramebusError
from libs.common.kafka_tail import tail_of
from libs.common.messages import Event, Frame, FrameEvent, Message, replace
from libs.common.recall import Tail
from libs.common.scrub import scrub
from libs.common.settings_checks import parse_when
from services.notifier.happening import Happening
from services.notifier.happenings import of_both, of_event, of_frame
from services.notifier.rules.explain import lines
from services.notifier.settings import Settings

MOST_BYTES = 32 << 20
"""Of each partition; of frames that is seconds to minutes: older events are judged without theirs. How sure a detector
was the event says itself, whether alerts were paused the frame alone.
"""
WITHIN_S = 120.0
MOST_EVENTS = 20_000

Connect = Callable[[str], Reader]


def run(settings: Settings, now_ns: int, connect: Connect | None = None) -> None:
    """Print it. Raises SettingsError for wrong rules, FatalError where the topics cannot be read."""
    book = settings.book()
    since_ms = parse_when(settings.since, now_ns // 1_000_000)
    try:
        found = happenings(settings, since_ms, now_ns, connect or _on_kafka(settings))
    except FramebusError as error:
        raise FatalError(str(error)) from None
    said = [*lines(book, found), _summed_up(found)]
    sys.stdout.write(scrub("\n".join(said)) + "\n")


def happenings(settings: Settings, since_ms: int, now_ns: int, connect: Connect) -> list[Happening]:
    """Of the cameras that are asked for, in the order in which they happened; the newest ones if there are too many."""
    events: dict[str, Event] = {}
    frames: dict[str, tuple[Frame, FrameEvent]] = {}
    for topic in settings.input:
        for message in _read(connect(topic), topic, since_ms, now_ns):
            if isinstance(message, Event):
                events.setdefault(message.id, message)
            elif isinstance(message, Frame):
                frames |= {caused.id: (replace(message, image=b""), caused) for caused in message.events}
    found = [_joined(name, events, frames) for name in dict.fromkeys((*events, *frames))]
    ours = [each for each in found if _is_ours(each.camera, settings.cameras)]
    return sorted(ours, key=lambda each: each.at)[-MOST_EVENTS:]


def _joined(name: str, events: dict[str, Event], frames: dict[str, tuple[Frame, FrameEvent]]) -> Happening:
    if name in events and name in frames:
        return of_both(events[name], *frames[name])
    return of_event(events[name]) if name in events else of_frame(*frames[name])


def _is_ours(camera: str, globs: Iterable[str]) -> bool:
    return not globs or any(fnmatchcase(camera, glob) for glob in globs)


def _read(reader: Reader, topic: str, since_ms: int, now_ns: int) -> Iterator[Message]:
    """Partition by partition: each is bounded, and gone before the next one is read."""
    try:
        tail, seconds = Tail(reader, topic, time.monotonic() + WITHIN_S), now_ns / 1e9 - since_ms / 1e3
        for number in range(tail.partitions()):
            records = tail.last_seconds(Place(topic, number), seconds, MOST_BYTES, now_ns // 1_000_000)
            yield from codec.readable(record.value for record in records if record.timestamp_ms >= since_ms)
    finally:
        reader.close()


def _on_kafka(settings: Settings) -> Connect:
    def connect(topic: str) -> Reader:
        reader, is_there = tail_of(settings.kafka(), topic, "framebus-explain")()
        if not is_there:
            reader.close()
            raise FatalError(f"topic {topic}: missing")
        return reader

    return connect


def _summed_up(found: list[Happening]) -> str:
    alone = [each for each in found if each.frame_id is not None and not (each.safe or each.withheld)]
    unsure = sum(1 for each in alone if each.seen and each.seen[0].confidence is None)
    text = f"{len(found)} event{'' if len(found) == 1 else 's'}"
    if alone:
        text += f", {len(alone)} of them without their frame: nobody says whether alerts were paused then"
    return text + (f", nor of {unsure} of them how sure it was" if unsure else "")
