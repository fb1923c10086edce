"""Refused messages, kept where they can be looked at: <topic>.dead, of the same class as their source."""

import hashlib
import logging
from dataclasses import dataclass

from libs.common.bus import Headers, Place, Record, Writer
from libs.common.bus_stream import StreamWriter
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.metrics import Metrics
from libs.common.scrub import scrub
from libs.common.topics import dead_letter_topic

log = logging.getLogger(__name__)

WAIT_S = 60.0
MAX_ERROR_CHARS = 500
MAX_REASON_CHARS = 100


@dataclass
class DeadLetters:
    """Writes them for a group; readers without a group have none, and only count and log."""

    writer: Writer | None
    group: str | None
    service: str
    metrics: Metrics

    def write(self, record: Record, error: Exception, attempts: int = 1) -> None:
        """Keep the record with the reason; raises FatalError if it cannot be kept: nothing is skipped silently."""
        reason = scrub(error.reason)[:MAX_REASON_CHARS] if isinstance(error, PermanentError) else "bug"
        text = scrub(str(error))[:MAX_ERROR_CHARS]
        self.metrics.dead.labels(reason).inc()
        log.warning("refused %s/%s@%s: %s: %s", *record.place, record.offset, reason, text)
        topic = dead_letter_topic(record.place.topic)
        if self.group is None or self.writer is None or topic is None:
            return
        headers = [
            ("reason", reason.encode()),
            ("error", text.encode()),
            ("topic", record.place.topic.encode()),
            ("partition", str(record.place.partition).encode()),
            ("offset", str(record.offset).encode()),
            ("group", self.group.encode()),
            ("service", self.service.encode()),
            ("attempts", str(attempts).encode()),
        ]
        if isinstance(self.writer, StreamWriter):
            # It would stand, raw perhaps, among the outputs.
            raise FatalError(f"cannot write the dead letter to {topic}: the output is a stream")
        self._keep(self.writer, topic, record, headers)

    def _keep(self, writer: Writer, topic: str, record: Record, headers: Headers) -> None:
        value = record.value or b""
        try:
            place = Place(topic, record.place.partition % writer.partitions(topic))
            try:
                delivery = writer.send(place, record.key, value, headers)
            except PermanentError:
                hashed = ("sha256", hashlib.sha256(value).hexdigest().encode())
                delivery = writer.send(place, None, b"", [*headers, hashed])
        except TemporaryError as error:
            raise FatalError(f"cannot write the dead letter to {topic}: {error}") from None
        if not writer.flush(WAIT_S) or delivery.error is not None:
            raise FatalError(f"cannot write the dead letter to {topic}: {delivery.error or 'the broker is away'}")
