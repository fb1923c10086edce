"""The broker frozen, killed, not yet there: nothing raises, nothing is lost, nothing burns."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import kafka.errors
import pytest

from libs.common.bus import Commit, Place
from libs.common.kafka_login import wait_for
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.common.kafka_tools import gather, reading, until, writing

TOPIC = "frames.test"
PLACE, OTHER = Place(TOPIC, 0), Place(TOPIC, 1)
FROZEN_S = 10


# kafka-python 3.0.12 leaves the socket of an attempt that failed to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that may be hurt."""
    broker = Broker(tmp_path_factory.mktemp("mortal") / "data", port=free_port())
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def settings(mortal: Broker) -> KafkaSettings:
    return KafkaSettings(bootstrap=mortal.bootstrap)


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """It takes connections and answers nothing."""
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


def resident_mib() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def numbers(reader: KafkaReader, last: int) -> list[int]:
    """The numbers of PLACE, read until the last one came."""
    batch = gather(reader, lambda batch: any(record.value == b"%d" % last for record in batch.records))
    return [int(record.value or b"-1") for record in batch.records if record.place == PLACE]


def test_a_frozen_broker_costs_no_core_and_loses_nothing(mortal: Broker, settings: KafkaSettings) -> None:
    """Ten seconds while a writer sends and a group reads: order kept, memory bounded, no call hangs."""
    with reading(settings, [TOPIC], "frozen", "a") as reader, writing(settings, window_bytes=8 << 20) as writer:
        writer.partitions(TOPIC)
        sent = [writer.send(PLACE, b"porch", b"%d" % n) for n in range(5)]
        found = numbers(reader, 4)
        assert reader.connected()
        assert writer.connected()
        with frozen(mortal):
            start_s, cpu_s, memory = time.monotonic(), time.process_time(), resident_mib()
            while not writer.full():
                sent.append(writer.send(OTHER, b"yard", bytes(100_000)))
            longest_s = 0.0
            while time.monotonic() - start_s < FROZEN_S:
                asked_s = time.monotonic()
                assert reader.poll(0.1).records == []
                assert not reader.commit({PLACE: Commit(1)})
                longest_s = max(longest_s, time.monotonic() - asked_s)
            share = (time.process_time() - cpu_s) / (time.monotonic() - start_s)
            assert not reader.connected()
            assert not writer.connected()
            assert not writer.flush(0.1)
            assert writer.window_used_bytes < 9 << 20
            assert resident_mib() - memory < 64
            assert share < 0.15, f"{share:.0%} of a core"
            assert longest_s < 5
        sent += [writer.send(PLACE, b"porch", b"%d" % n) for n in range(5, 10)]
        assert until(lambda: writer.flush(0.1)) < 10
        found += numbers(reader, 9)
        assert [delivery.error for delivery in sent] == [None] * len(sent)
        assert list(dict.fromkeys(found)) == list(range(10))
        until(lambda: (reader.poll(0.1), reader.connected() and writer.connected())[1])


def test_a_killed_broker_that_comes_back_is_used_again(mortal: Broker, settings: KafkaSettings) -> None:
    """kill -9 and a start on the same data: poll() only falls silent, what was sent meanwhile arrives in order."""
    with reading(settings, [TOPIC]) as reader, writing(settings) as writer:
        writer.partitions(TOPIC)
        writer.send(PLACE, b"porch", b"100")
        assert writer.flush(10)
        numbers(reader, 100)
        mortal.kill()
        sent = [writer.send(PLACE, b"porch", b"%d" % n) for n in range(101, 110)]
        until(lambda: (reader.poll(0.1), not reader.connected() and not writer.connected())[1])
        with pytest.raises(Exception, match="broker"):
            reader.bounds(PLACE)
        mortal.start()
        assert until(lambda: writer.flush(0.1)) < 10
        found = numbers(reader, 109)
        assert [delivery.error for delivery in sent] == [None] * len(sent)
        assert list(dict.fromkeys(found)) == list(range(101, 110))
        assert reader.connected()


def test_closing_while_the_broker_is_away_is_quick_and_leaves_no_thread(
    mortal: Broker, settings: KafkaSettings
) -> None:
    """With records under way, in a group: what cannot be delivered is given up."""
    before = set(threading.enumerate())
    with frozen_clients(settings) as (reader, writer), frozen(mortal):
        writer.send(PLACE, b"porch", b"1000")
        start_s = time.monotonic()
        reader.close()
        writer.close()
        assert time.monotonic() - start_s < 9
        until(lambda: not set(threading.enumerate()) - before, 3)


@contextmanager
def frozen_clients(settings: KafkaSettings) -> Iterator[tuple[KafkaReader, KafkaWriter]]:
    """A reader that is a member of its group, and a writer that knows the topic."""
    with reading(settings, [TOPIC], "closing") as reader, writing(settings) as writer:
        writer.partitions(TOPIC)
        gather(reader, lambda batch: len(batch.assigned) == 6)
        yield reader, writer


def test_a_client_that_cannot_be_made_leaves_no_thread(mortal: Broker, settings: KafkaSettings) -> None:
    """Else every attempt while waiting for a frozen broker would leave one that tries for ever."""
    before = set(threading.enumerate())
    with frozen(mortal):
        with pytest.raises(kafka.errors.KafkaError):
            KafkaReader(settings, [TOPIC], None, None, "x")
        until(lambda: not set(threading.enumerate()) - before, 3)


def test_a_service_may_start_before_its_broker(mortal: Broker, settings: KafkaSettings) -> None:
    """It waits, can be stopped while it waits, and goes on when the broker is there."""
    mortal.kill()
    stopped = threading.Event()
    stopped.set()
    assert wait_for(settings, lambda: KafkaWriter(settings, "early"), stopped) is None
    made: list[KafkaWriter | None] = []
    stop = threading.Event()
    waiting = threading.Thread(
        target=lambda: made.append(wait_for(settings, lambda: KafkaWriter(settings, "early"), stop))
    )
    waiting.start()
    mortal.start()
    waiting.join(10)
    assert made
    assert made[0] is not None
    assert made[0].partitions(TOPIC) == 6
    made[0].close()
