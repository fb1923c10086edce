"""Recall on Kafka."""

import kafka.errors

from libs.common.bus import Reader
from libs.common.clock import Clock
from libs.common.errors import TemporaryError
from libs.common.kafka_check import missing_topics
from libs.common.kafka_client import probe
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.recall import Recall


def recall(settings: KafkaSettings, frames: str, events: str | None, clock: Clock) -> Recall:
    """What was published on these topics before."""

    def connect(topic: str) -> Reader | None:
        probe(settings.bootstrap)
        if missing_topics(settings, [topic]):
            return None
        try:
            return KafkaReader(settings, [topic], None, None, "framebus-recall")
        except kafka.errors.KafkaError as error:
            raise TemporaryError(str(error) or type(error).__name__) from None

    return Recall(connect, frames, events, clock)
