"""framebus status --forget: takes out the states of cameras that are no more."""

from libs.common.bus import Place, partition_of
from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.ops.dead_text import say
from libs.ops.status_facts import Facts

WITHIN_S = 10.0


def forget(kafka: KafkaSettings, topic: str, facts: Facts) -> int:
    """Those that no producer has now; 1 if there is another one among them. Raises FramebusError."""
    gone = [each.status.camera for each in facts.cameras if not each.producers]
    for each in facts.cameras:
        if each.producers:
            say(f"{each.status.camera}: kept, {each.producers[0]} has it now")
    for name in facts.missing:
        say(f"{name}: there is no such camera")
    if gone:
        _take_out(kafka, topic, gone)
    return 0 if len(gone) == len(facts.cameras) and not facts.missing else 1


def _take_out(kafka: KafkaSettings, topic: str, cameras: list[str]) -> None:
    writer = KafkaWriter(kafka, "framebus-status")
    try:
        count = writer.partitions(topic)
        sent = [writer.send(Place(topic, partition_of(name, count)), name.encode(), None) for name in cameras]
        if not writer.flush(WITHIN_S):
            raise TemporaryError(f"no answer for {WITHIN_S:g} s")
    finally:
        writer.close()
    for name, delivery in zip(cameras, sent, strict=True):
        if delivery.error is not None:
            raise delivery.error
        say(f"{name}: forgotten")
