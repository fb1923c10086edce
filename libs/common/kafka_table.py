"""Readers of a whole topic on Kafka."""

from collections.abc import Callable

import kafka.errors

from libs.common.bus import Reader
from libs.common.errors import TemporaryError
from libs.common.follower import NoTopicError
from libs.common.kafka_check import missing_topics, or_hidden
from libs.common.kafka_login import enter
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings


def reader_of(settings: KafkaSettings, topic: str, client: str, patient: bool = False) -> Callable[[], Reader]:
    """Makes a reader of the topic, without a group; it raises TemporaryError with the reason where it cannot.

    `patient`: it is read for as long as the process lives, and should cost little while nothing comes.
    """

    def connect() -> Reader:
        enter(settings)
        if missing_topics(settings, [topic]):
            raise NoTopicError(f"topic {topic} is not there{or_hidden(settings)}")
        try:
            return KafkaReader(settings, [topic], None, None, client, patient=patient)
        except kafka.errors.KafkaError as error:
            raise TemporaryError(str(error) or type(error).__name__) from None

    return connect
