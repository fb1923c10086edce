"""A real Kafka as a child process; one for this module, killed and started again at its end."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError

from libs.common.errors import FatalError
from libs.ops.kafka_broker import Broker
from libs.ops.kafka_probe import answers
from libs.ops.ports import HIGHEST, free_port, is_free

TOPIC = "frames.test"
FOUR_MIB = 4 << 20


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker on a folder of its own, with one topic for frames."""
    with Broker(tmp_path_factory.mktemp("broker") / "data", port=free_port()) as broker:
        with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
            settings = {"max.message.bytes": str(FOUR_MIB)}
            admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1, "configs": settings}})
        yield broker


def written(broker: Broker) -> list[bytes]:
    """Everything in the topic."""
    place = TopicPartition(TOPIC, 0)
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, max_partition_fetch_bytes=FOUR_MIB)
    try:
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end, values = consumer.end_offsets([place])[place], []
        deadline = time.monotonic() + 20
        while consumer.position(place) < end and time.monotonic() < deadline:
            values += [record.value for record in consumer.poll(500).get(place, [])]
        return values
    finally:
        consumer.close()


def write(broker: Broker, value: bytes) -> None:
    """One acknowledged record."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_request_size=FOUR_MIB, acks="all")
    try:
        producer.send(TOPIC, value, partition=0).get(20)
    finally:
        producer.close()


def resident_mb(pid: int) -> float:
    """The process's memory in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_a_started_broker_answers_on_loopback_only_and_is_small(broker: Broker) -> None:
    """Ready means served; nobody else in the network can come in; 400 MB are not exceeded."""
    host, port = broker.bootstrap.split(":")
    assert host == "127.0.0.1"
    assert answers(host, int(port))
    assert not answers("127.0.0.2", int(port))
    assert resident_mb(broker.pid) < 400


def test_a_frame_of_nearly_four_mib_goes_in_and_out(broker: Broker) -> None:
    """The size that the frame topics allow fits every buffer."""
    frame = os.urandom(FOUR_MIB - 10_000)
    write(broker, frame)
    assert frame in written(broker)


def test_a_misspelt_topic_is_not_created(broker: Broker) -> None:
    """Neither by writing to it nor by asking for it."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_block_ms=1000)
    try:
        with pytest.raises((KafkaTimeoutError, UnknownTopicOrPartitionError)):
            producer.send("frames.tset", b"x").get(5)
    finally:
        producer.close()
    with KafkaAdminClient(bootstrap_servers=broker.bootstrap) as admin:
        assert "frames.tset" not in admin.list_topics()


def test_a_second_broker_on_the_same_data_is_refused(broker: Broker) -> None:
    """Whatever its port."""
    second = Broker(broker.data, port=free_port())
    with pytest.raises(FatalError, match="another broker runs on"):
        second.start()
    assert answers("127.0.0.1", broker.port)


def test_a_taken_port_is_named_with_its_flag(broker: Broker, tmp_path: Path) -> None:
    """Before Java is even started."""
    with pytest.raises(FatalError, match=rf"port {broker.port} at 127.0.0.1 is taken .* --port"):
        Broker(tmp_path, port=broker.port).start()


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    """192.0.2.1 belongs to nobody."""
    with pytest.raises(FatalError, match=r"cannot listen at 192\.0\.2\.1:"):
        Broker(tmp_path, host="192.0.2.1", port=free_port()).start()


def test_the_data_folder_is_for_its_owner_only(broker: Broker) -> None:
    """Frames lie in it."""
    assert broker.data.stat().st_mode & 0o777 == 0o700


def test_a_killed_broker_starts_again_on_its_data(broker: Broker) -> None:
    """kill -9 loses nothing that was acknowledged, and leaves no lock behind."""
    write(broker, b"before the kill")
    os.kill(broker.pid, signal.SIGKILL)
    assert broker.wait() == -signal.SIGKILL
    began = time.monotonic()
    broker.start()
    assert time.monotonic() - began < 30
    assert written(broker)[-1] == b"before the kill"


def test_a_frozen_broker_stops_in_order_and_starts_again(broker: Broker) -> None:
    """SIGSTOP is undone by stop(); the clean stop leaves Kafka's own mark."""
    os.kill(broker.pid, signal.SIGSTOP)
    broker.stop(timeout_s=20)
    assert (broker.data / "kafka" / ".kafka_cleanshutdown").exists()
    broker.start()
    assert written(broker)[-1] == b"before the kill"


def test_an_advertised_broker_listens_everywhere_under_its_name(tmp_path: Path) -> None:
    """Clients are sent to the name given, at all addresses of the machine."""
    with Broker(tmp_path, port=free_port(), advertise="localhost") as broker:
        assert broker.bootstrap == f"localhost:{broker.port}"
        assert answers("127.0.0.2", broker.port)
        with KafkaAdminClient(bootstrap_servers=f"127.0.0.2:{broker.port}") as admin:
            nodes = admin.describe_cluster()["brokers"]
    assert [(node["host"], node["port"]) for node in nodes] == [("localhost", broker.port)]


def test_a_java_that_cannot_serve_gives_its_last_words_and_leaves_nothing(tmp_path: Path) -> None:
    """Here: a heap that Java refuses."""
    broker = Broker(tmp_path, port=free_port(), heap_mb=1)
    with pytest.raises(FatalError, match=r"(?s)Kafka.*\n.*(heap|memory|Memory)"):
        broker.start()
    assert is_free("127.0.0.1", broker.port)
    with pytest.raises(FatalError, match="not running"):
        assert broker.pid


def test_a_free_port_is_free_and_below_the_range_the_system_hands_out() -> None:
    """A socket can be bound to it."""
    port = free_port()
    assert port <= HIGHEST
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free("127.0.0.1", port)
