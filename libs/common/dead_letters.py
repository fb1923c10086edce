"""Refused messages, kept where they can be looked at: <topic>.dead, of the same class as their source."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from libs.common.bus import OVERTAKEN, Headers, Place, Record, Skipped, Writer
from libs.common.bus_stream import StreamWriter
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.metrics import Metrics
from libs.common.scrub import scrub
from libs.common.topics import dead_letter_topic

log = logging.getLogger(__name__)

WAIT_S = 60.0
"""So long a broker that answers may take for one; a broker that is away is waited for."""
LOOK_S = 1.0
MAX_ERROR_CHARS = 500
MAX_REASON_CHARS = 100


@dataclass
class DeadLetters:
    """Writes them for a group; readers without a group have none, and only count and log.

    `waiting` is called again and again while the broker is away, until `stop` is set.
    """

    writer: Writer | None
    group: str | None
    service: str
    metrics: Metrics
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: Callable[[], None] = field(default=lambda: None)

    def write(self, record: Record, error: Exception, attempts: int = 1) -> None:
        """Keep the record with the reason; raises FatalError if it cannot be kept: nothing is skipped silently."""
        reason, text = _said(error)
        self.metrics.dead.labels(reason).inc()
        log.warning("refused %s/%s@%s: %s: %s", *record.place, record.offset, reason, text)
        topic = dead_letter_topic(record.place.topic)
        if self.group is None or self.writer is None or topic is None:
            return
        headers = letter_headers(record, error, self.group, self.service, attempts)
        if isinstance(self.writer, StreamWriter):
            # It would stand, raw perhaps, among the outputs.
            raise FatalError(f"cannot write the dead letter to {topic}: the output is a stream")
        self._keep(self.writer, topic, record, headers)

    def write_skipped(self, skipped: Skipped) -> None:
        """A letter without a value for what could not be read at all; what retention took was no message any more."""
        if skipped.reason != OVERTAKEN:
            record = Record(skipped.place, skipped.first, None, None)
            text = f"offsets {skipped.first} to {skipped.last}: {skipped.reason}"
            self.write(record, PermanentError(text, "unreadable"))

    def _keep(self, writer: Writer, topic: str, record: Record, headers: Headers) -> None:
        value = record.value or b""
        self._until(lambda: self._is_there(writer, topic), writer, topic)
        place = Place(topic, record.place.partition % writer.partitions(topic))
        try:
            delivery = writer.send(place, record.key, value, headers)
        except PermanentError:
            hashed = ("sha256", hashlib.sha256(value).hexdigest().encode())
            delivery = writer.send(place, None, b"", [*headers, hashed])
        self._until(lambda: writer.flush(LOOK_S), writer, topic)
        if delivery.error is not None:
            raise FatalError(f"cannot write the dead letter to {topic}: {delivery.error}")

    def _is_there(self, writer: Writer, topic: str) -> bool:
        try:
            writer.partitions(topic)
        except TemporaryError as error:
            log.debug("%s", error)
            self.stop.wait(LOOK_S)
            return False
        return True

    def _until(self, done: Callable[[], bool], writer: Writer, topic: str) -> None:
        """Raises FatalError when stopped, or when the broker answers and it is still not done."""
        left_s = WAIT_S
        while not done():
            self.waiting()
            left_s -= LOOK_S if writer.connected() else 0
            if left_s <= 0 or self.stop.is_set():
                why = "it is not taken" if writer.connected() else "the broker is away"
                raise FatalError(f"cannot write the dead letter to {topic}: {why}")


def letter_headers(
    record: Record, error: Exception, group: str, service: str, attempts: int
) -> list[tuple[str, bytes]]:
    """What a dead letter says of itself, without secrets."""
    reason, text = _said(error)
    place, partition = record.place
    told = [
        ("reason", reason),
        ("error", text),
        ("topic", place),
        ("partition", partition),
        ("offset", record.offset),
        ("group", group),
        ("service", service),
        ("attempts", attempts),
    ]
    return [(name, str(value).encode()) for name, value in told]


def _said(error: Exception) -> tuple[str, str]:
    """The reason, and the sentence."""
    reason = scrub(error.reason)[:MAX_REASON_CHARS] if isinstance(error, PermanentError) else "bug"
    return reason, scrub(str(error))[:MAX_ERROR_CHARS]
