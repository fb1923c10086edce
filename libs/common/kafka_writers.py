"""What a service writes to Kafka with."""

from libs.common.bus import Writer
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.two_writers import TwoWriters


def writer_of(settings: KafkaSettings, client: str, topic: str, once: bool) -> Writer:
    """`once`: this topic, and no other, gets each record once whatever happens to the broker. Raises KafkaError."""
    if not once:
        return KafkaWriter(settings, client)
    main = KafkaWriter(settings, client, once=True)
    try:
        return TwoWriters(topic, main, KafkaWriter(settings, client))
    except BaseException:
        main.close()
        raise
