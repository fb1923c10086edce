"""Kafka's writer that writes each record once, on a real broker."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from libs.common import kafka_writer
from libs.common.bus import Place, Writer
from libs.common.errors import FatalError
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writers import writer_of
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.common.bus_rig import records
from tests.common.kafka_tools import gather, make_topic, reading, until

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]
REQUEST_MS = 1000


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that may be hurt."""
    with Broker(tmp_path_factory.mktemp("once") / "data", port=free_port()) as broker:
        yield broker


def settings_of(broker: Broker) -> KafkaSettings:
    return KafkaSettings(bootstrap=broker.bootstrap)


def once(settings: KafkaSettings, topic: str) -> Writer:
    writer = writer_of(settings, "test-once", topic, once=True)
    assert writer.partitions(topic) >= 1
    return writer


def test_a_frozen_broker_gets_each_record_once(
    mortal: Broker, fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was under way is given up and sent again, several times; it answers to all of them in the end."""
    monkeypatch.setitem(kafka_writer.DURABLE, "request_timeout_ms", REQUEST_MS)
    topic, settings = fresh("topic"), settings_of(mortal)
    writer = once(settings, topic)
    sent = [bytes([number]) * 20_000 for number in range(40)]
    for value in sent[:10]:
        writer.send(Place(topic, 0), b"porch", value)
    assert writer.flush(10)
    os.kill(mortal.pid, signal.SIGSTOP)
    try:
        for value in sent[10:]:
            writer.send(Place(topic, 0), b"porch", value)
            time.sleep(REQUEST_MS / 10_000)
    finally:
        os.kill(mortal.pid, signal.SIGCONT)
    assert writer.flush(30)
    writer.close()
    with reading(settings, [topic]) as reader:
        found = gather(reader, records(len(sent))).records
        assert [record.value for record in found] == sent
        assert reader.poll(1.0).records == []


def test_a_record_that_the_broker_refuses_is_fatal(mortal: Broker, fresh: Callable[[str], str]) -> None:
    """The limit was lowered since we asked for it: nobody can say what else was taken, so it is begun anew."""
    topic, settings = fresh("topic"), settings_of(mortal)
    make_topic(settings, topic)
    writer = once(settings, topic)
    with Admin(settings) as admin:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": "10000"})
        admin._client.alter_configs([resource])
    delivery = writer.send(Place(topic, 0), b"porch", bytes(100_000))
    later = writer.send(Place(topic, 0), b"porch", b"1234")
    assert writer.flush(20)
    assert isinstance(delivery.error, FatalError)
    assert isinstance(later.error, FatalError)
    assert "start it again" in str(delivery.error)
    writer.close()


def test_what_goes_wrong_beside_it_does_not_touch_it(mortal: Broker, fresh: Callable[[str], str]) -> None:
    """Other topics have a writer of their own."""
    topic, side, settings = fresh("topic"), fresh("side"), settings_of(mortal)
    make_topic(settings, side, max_message_bytes="10000")
    writer = once(settings, topic)
    refused = writer.send(Place(side, 0), b"porch", bytes(100_000))
    taken = writer.send(Place(topic, 0), b"porch", b"1234")
    until(lambda: taken.done and refused.done, 20)
    assert (taken.error, isinstance(refused.error, FatalError)) == (None, False)
    assert refused.error is not None
    writer.close()
