"""Reads the topic of commands beside the cameras: without a group, from now on. Nothing of it stops a picture."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing

from libs.common import codec
from libs.common.bus import Batch, Place, Reader, Record
from libs.common.errors import FatalError, FramebusError, PermanentError, TemporaryError
from libs.common.messages import Trigger
from services.producer.orders.commands import Commands

log = logging.getLogger(__name__)

POLL_S = 0.2
AGAIN_S = 5.0
NO_RIGHT_AGAIN_S = 60.0


class Control:
    """`connect` makes a reader, and says whether the topic was there before it."""

    def __init__(
        self,
        connect: Callable[[], tuple[Reader, bool]],
        commands: Commands,
        stop: threading.Event,
        or_hidden: str = "",
        wait: Callable[[float], object] | None = None,
    ) -> None:
        """`or_hidden`: what else it may be that there is no topic. `wait`: so many seconds or until stopped."""
        self._connect, self._commands, self._stop, self._or_hidden = connect, commands, stop, or_hidden
        self._wait = wait or stop.wait
        self._said = ""

    def start(self) -> None:
        """In a thread of its own, until stopped."""
        threading.Thread(target=self.run, name="control", daemon=True).start()

    def run(self) -> None:
        """Whatever happens to it, it begins anew after a while. Who publishes says that the broker is away."""
        while not self._stop.is_set():
            again_s = AGAIN_S
            try:
                self._follow()
            except FatalError as error:
                self._say(logging.WARNING, f"commands are not heard: {error}")
                again_s = NO_RIGHT_AGAIN_S
            except FramebusError as error:
                log.debug("commands are not heard: %s", error)
            except Exception:
                log.exception("commands are not heard: a bug")
            self._wait(again_s)

    def _say(self, level: int, text: str) -> None:
        """Once."""
        log.log(logging.DEBUG if text == self._said else level, "%s", text)
        self._said = text

    def _follow(self) -> None:
        # What is in a topic that was made later is younger than this process.
        reader, from_the_end = self._connect()
        if not from_the_end:
            level = logging.WARNING if self._or_hidden else logging.INFO
            self._say(level, f"commands are not heard yet: their topic is not there{self._or_hidden}")
        with closing(reader):
            unplaced: set[Place] = set()
            while not self._stop.is_set():
                batch = reader.poll(POLL_S)
                from_the_end = from_the_end and not batch.revoked
                unplaced |= set(batch.assigned)
                unplaced = {place for place in unplaced if not _placed(reader, place, from_the_end)}
                self._handle(batch)

    def _handle(self, batch: Batch) -> None:
        for record in batch.records:
            try:
                self._commands.take(_trigger(record))
            except PermanentError as error:
                self._commands.refuse(error)
        self._commands.tick()


def _placed(reader: Reader, place: Place, from_the_end: bool) -> bool:
    """False while the broker does not say where the end is."""
    try:
        reader.seek(place, reader.bounds(place)[from_the_end])
    except TemporaryError:
        return False
    return True


def _trigger(record: Record) -> Trigger:
    """Raises PermanentError for what is none."""
    message = codec.decode(record.value or b"")
    if not isinstance(message, Trigger):
        raise PermanentError(f"not a trigger but {message.TYPE}", "refused")
    if record.key not in (None, message.camera.encode()):
        raise PermanentError("it is under another camera's key", "refused")
    return message
