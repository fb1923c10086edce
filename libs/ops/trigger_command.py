"""framebus trigger: asks cameras for pictures, marks a moment, pauses and resumes their detection or alerts."""

import logging
import secrets
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from libs.common import codec
from libs.common.bus import Delivery, Place, partition_of
from libs.common.errors import FatalError, FramebusError, SettingsError, TemporaryError
from libs.common.flags import load
from libs.common.kafka_admin import KafkaError
from libs.common.kafka_check import check_topics
from libs.common.kafka_login import enter
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Producer, Status, Trigger
from libs.common.service import complain
from libs.common.settings_checks import STREAM
from libs.ops.dead_text import say
from libs.ops.table_once import table_once
from libs.ops.trigger_answers import Answers
from libs.ops.trigger_settings import PICTURES, Settings, is_pattern

TEXT = (
    "Sends a command to cameras and prints its id: a picture now, a burst, a mark, or detection and alerts paused and "
    "resumed. Needs WRITE on the topic of commands; reads the one of states to know the cameras, where it may."
)
SENT_S = 10.0
NONE = "none"
CONNECTED = "connected"

States = Mapping[str, Status | None]
"""Of the cameras there are; None: a producer has it, and has told nothing of it yet, as with --on-demand."""


def main(argv: Sequence[str]) -> int:
    """0 if it was sent (and answered, with --wait), 1 if not, 2 for wrong flags."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        settings, only_check = load(Settings, argv, "framebus trigger", TEXT)
        return _check(settings) if only_check else _run(settings)
    except SettingsError as error:
        return complain("trigger", error, 2)
    except FatalError as error:
        return complain("trigger", error, 1)
    except (TemporaryError, KafkaError) as error:
        return complain("trigger", TemporaryError(f"broker {settings.bootstrap}: {error or type(error).__name__}"), 1)
    except KeyboardInterrupt:
        return complain("trigger", FatalError("interrupted"), 1)


def _check(settings: Settings) -> int:
    well, wrong = check_topics(settings.kafka(), [settings.topic])
    for line in well + wrong:
        say(line)
    return 1 if wrong else 0


def _run(settings: Settings) -> int:
    if not settings.names:
        raise SettingsError("CAMERA: expected at least one")
    enter(settings.kafka())
    states = _states(settings)
    cameras = _cameras(settings, states)
    if not settings.wait:
        say(_send(settings, cameras))
        return 0
    with Answers(settings.kafka(), *settings.answer()) as answers:
        sent = _send(settings, cameras)
        say(sent)
        missing = answers.wait(sent, dict.fromkeys(cameras, settings.count()), settings.wait)
    for camera in missing:
        _warn(f"{camera}: no answer within {settings.wait:g} s")
    return 1 if missing else 0


def _states(settings: Settings) -> States | None:
    """By camera; None where they are not known."""
    if settings.status in (NONE, STREAM):
        return None
    try:
        rows = table_once(settings.kafka(), settings.status, (Status, Producer), "framebus-trigger")
    except FramebusError as error:
        _warn(f"whether there are such cameras is not known: {error}")
        return None
    messages = [row.message for row in rows.values()]
    had = {camera: None for each in messages if isinstance(each, Producer) for camera in each.cameras}
    return had | {each.camera: each for each in messages if isinstance(each, Status)}


def _cameras(settings: Settings, states: States | None) -> list[str]:
    """Each once. Raises FatalError where a pattern means none."""
    found: dict[str, None] = {}
    for name in settings.names:
        if not is_pattern(name):
            found[name] = None
            continue
        meant = [camera for camera in sorted(states or ()) if fnmatchcase(camera, name)]
        if not meant:
            raise FatalError(f"{name}: no such camera on {settings.status}")
        found.update(dict.fromkeys(meant))
    if states is not None:
        _doubt(found, states, settings)
    return list(found)


def _doubt(cameras: Iterable[str], states: States, settings: Settings) -> None:
    """What the operator should know; it is sent all the same."""
    for camera in cameras:
        status = states.get(camera)
        if camera not in states:
            _warn(f"{camera}: no such camera on {settings.status}")
        elif status and settings.action in PICTURES and status.state != CONNECTED:
            _warn(f"{camera}: is {status.state}, so it may have no picture")


def _warn(text: str) -> None:
    complain("trigger", FatalError(text), 0)


def _send(settings: Settings, cameras: Iterable[str]) -> str:
    """The id of the command, the same for all cameras. Raises TemporaryError, FatalError if it was not taken."""
    name = secrets.token_hex(8)
    writer = KafkaWriter(settings.kafka(), "framebus-trigger")
    try:
        partitions = writer.partitions(settings.topic)
        deliveries: list[Delivery] = []
        for camera in cameras:
            trigger = Trigger(
                id=name, camera=camera, action=settings.action, at=time.time_ns(), params=settings.params()
            )
            place = Place(settings.topic, partition_of(camera, partitions))
            deliveries.append(writer.send(place, camera.encode(), codec.encode(trigger)))
        if not writer.flush(SENT_S):
            raise TemporaryError(f"{settings.topic} did not take it within {SENT_S:g} s")
        if error := next((delivery.error for delivery in deliveries if delivery.error), None):
            raise error if isinstance(error, FatalError) else FatalError(str(error))
    finally:
        writer.close()
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
