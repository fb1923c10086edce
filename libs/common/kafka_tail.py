"""Readers on Kafka of what comes from now on."""

from collections.abc import Callable

import kafka.errors

from libs.common.bus import Reader
from libs.common.errors import TemporaryError
from libs.common.kafka_check import missing_topics
from libs.common.kafka_login import enter
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings

Tail = Callable[[], tuple[Reader, bool]]


def tail_of(settings: KafkaSettings, topic: str, client: str) -> Tail:
    """Makes a reader of a topic, without a group, and says whether the topic was there before it.

    Raises TemporaryError where there is no broker. A topic that is made later is read as soon as it is there.
    """

    def connect() -> tuple[Reader, bool]:
        enter(settings)
        is_there = not missing_topics(settings, [topic])
        try:
            return KafkaReader(settings, [topic], None, None, client), is_there
        except kafka.errors.KafkaError as error:
            raise TemporaryError(f"broker {settings.bootstrap}: {error or type(error).__name__}") from None

    return connect
