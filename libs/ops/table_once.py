"""A whole compacted topic as it is now, read once."""

import time
from collections.abc import Mapping

from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_table import reader_of
from libs.common.messages import Message
from libs.common.table import Row, Table

POLL_S = 0.2
SILENT_S = 8.0
"""The broker has this long for the next records."""


def table_once(kafka: KafkaSettings, topic: str, kinds: tuple[type[Message], ...], client: str) -> Mapping[str, Row]:
    """The newest message of each key. Raises NoTopicError where there is no such topic, and other FramebusErrors."""
    reader = reader_of(kafka, topic, client)()
    try:
        table, heard_s = Table(reader, kinds), time.monotonic()
        while not table.complete:
            if table.poll(POLL_S):
                heard_s = time.monotonic()
            if time.monotonic() - heard_s > SILENT_S:
                raise TemporaryError(f"no answer for {SILENT_S:g} s")
        return table.rows
    finally:
        reader.close()
