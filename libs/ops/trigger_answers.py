"""Waits for what a command led to: stills that carry its id, or the event that names it."""

import time
from collections.abc import Mapping
from typing import Self

from libs.common import codec
from libs.common.bus import Batch, Record
from libs.common.errors import PermanentError, TemporaryError
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_tail import tail_of
from libs.common.messages import Event, Frame
from libs.ops.dead_text import say

POLL_S = 0.2
THERE_S = 10.0


class Answers:
    """Reads a topic from its end, without a group; enter it before the command is sent."""

    def __init__(self, kafka: KafkaSettings, topic: str, kind: type[Frame | Event]) -> None:
        self._kafka, self._topic, self._kind = kafka, topic, kind
        self._answered: set[str] = set()

    def __enter__(self) -> Self:
        """Raises TemporaryError where the topic cannot be read."""
        self._reader, is_there = tail_of(self._kafka, self._topic, "framebus-trigger")()
        try:
            until_s = time.monotonic() + THERE_S
            while not (assigned := self._reader.poll(POLL_S).assigned):
                if time.monotonic() > until_s or not is_there:
                    raise TemporaryError(f"topic {self._topic}, where the answer comes, is not there")
            for place in assigned:
                self._reader.seek(place, self._reader.bounds(place)[1])
        except BaseException:
            self._reader.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def wait(self, command: str, expected: Mapping[str, int], within_s: float) -> list[str]:
        """Say each answer as it comes; the cameras that did not give as many as expected."""
        missing, until_s = dict(expected), time.monotonic() + within_s
        while missing and time.monotonic() < until_s:
            for message in self._messages(self._reader.poll(POLL_S)):
                if message.camera in missing and (text := self._answer(message, command)):
                    say(text)
                    missing[message.camera] -= 1
                    missing = {camera: count for camera, count in missing.items() if count}
        return list(missing)

    def _messages(self, batch: Batch) -> list[Frame | Event]:
        return [message for record in batch.records if (message := self._message(record)) is not None]

    def _message(self, record: Record) -> Frame | Event | None:
        try:
            message = codec.decode(record.value or b"")
        except PermanentError:
            return None
        return message if isinstance(message, self._kind) else None

    def _answer(self, message: Frame | Event, command: str) -> str:
        """What is said of it, once; empty: it is no answer."""
        if isinstance(message, Frame):
            text = message.frame_id if message.tags.get("trigger") == command else ""
        else:
            text = f"{message.camera} {message.kind}" if message.data.get("trigger") == command else ""
        if text in self._answered:
            return ""
        self._answered.add(text)
        return text
