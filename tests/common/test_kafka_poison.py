"""Records that kafka-python cannot read: good ones come, the rest is named, and poll() neither raises nor spins."""

import resource
import time
from collections.abc import Callable

import pytest

from libs.common.bus import Batch, Place
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from tests.common.kafka_raw import batch, gzipped, produce, record, zstd_batch
from tests.common.kafka_tools import gather, make_topic, reading, until

GOOD = [b"good%d" % n for n in range(5)]
Fresh = Callable[[str], str]


def told(found: Batch) -> list[tuple[int, int, str]]:
    return [(skipped.first, skipped.last, skipped.reason) for skipped in found.skipped]


def with_values(count: int) -> Callable[[Batch], bool]:
    return lambda found: len(found.records) >= count


@pytest.fixture
def topic(kafka: KafkaSettings, fresh: Fresh) -> str:
    """One that keeps what senders compress, with two partitions."""
    name = fresh("poison")
    make_topic(kafka, name, partitions=2, compression_type="producer", max_message_bytes=str(4 << 20))
    return name


def test_a_header_name_in_no_utf8_costs_nothing(kafka: KafkaSettings, topic: str) -> None:
    """The value counts: the record comes, its header's name made readable; those around it too."""
    bad = record(1, GOOD[1], [(b"caf\xe9", b"x"), (b"ok", b"y")])
    data = batch([record(0, GOOD[0]), bad, record(2, GOOD[2])])
    assert produce(kafka.bootstrap, topic, 0, data) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(3))
    assert [r.value for r in found.records] == GOOD[:3]
    assert list(found.records[1].headers) == [("caf\ufffd", b"x"), ("ok", b"y")]
    assert found.skipped == []


def test_a_million_headers_are_not_taken_in(kafka: KafkaSettings, topic: str) -> None:
    """Only the first few dozen: what nobody reads costs no memory."""
    data = batch([record(0, GOOD[0], [(b"h", b"")] * 500_000), record(1, GOOD[1])])
    assert produce(kafka.bootstrap, topic, 0, data) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(2))
    assert len(found.records[0].headers) == 64


def test_an_unknown_codec_is_named_and_what_lies_around_it_comes(kafka: KafkaSettings, topic: str) -> None:
    """A zstd batch between good ones, and good ones in the other partition."""
    assert produce(kafka.bootstrap, topic, 0, batch([record(0, GOOD[0])])) == 0
    assert produce(kafka.bootstrap, topic, 0, zstd_batch(3)) == 0
    assert produce(kafka.bootstrap, topic, 0, batch([record(0, GOOD[1])])) == 0
    assert produce(kafka.bootstrap, topic, 1, batch([record(0, GOOD[2])])) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(3))
    assert sorted(r.value or b"" for r in found.records) == GOOD[:3]
    assert told(found) == [(1, 3, "unreadable: codec zstd")]


def test_gzip_is_read_and_a_gzip_bomb_is_not(kafka: KafkaSettings, topic: str) -> None:
    """64 MiB in 64 KB stay packed: named, stepped over, and memory does not grow by them."""
    assert produce(kafka.bootstrap, topic, 0, gzipped([record(0, GOOD[0]), record(1, GOOD[1])])) == 0
    assert produce(kafka.bootstrap, topic, 0, gzipped([record(0, bytes(64 << 20))])) == 0
    assert produce(kafka.bootstrap, topic, 0, gzipped([record(0, GOOD[2])])) == 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(3))
    assert [r.value for r in found.records] == GOOD[:3]
    assert told(found) == [(2, 2, "unreadable: inflates too far")]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_poison_at_the_end_is_told_once_and_polling_stays_cheap(kafka: KafkaSettings, topic: str) -> None:
    """Nothing good follows: the reader waits for it without burning a core, and takes it when it comes."""
    assert produce(kafka.bootstrap, topic, 0, zstd_batch(2)) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, lambda batch: bool(batch.skipped))
        cpu_s, start_s = time.process_time(), time.monotonic()
        later = [reader.poll(0.1) for _ in range(10)]
        assert [batch.skipped for batch in later] == [[]] * 10
        assert (time.process_time() - cpu_s) / (time.monotonic() - start_s) < 0.15
        assert told(found) == [(0, 1, "unreadable: codec zstd")]
        assert produce(kafka.bootstrap, topic, 0, batch([record(0, GOOD[0])])) == 0
        assert gather(reader, with_values(1)).records[0].offset == 2


def test_seeking_into_an_unreadable_batch_names_only_what_follows(kafka: KafkaSettings, topic: str) -> None:
    """What was not asked for was not lost."""
    assert produce(kafka.bootstrap, topic, 0, zstd_batch(5)) == 0
    assert produce(kafka.bootstrap, topic, 0, batch([record(0, GOOD[0])])) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(1), starts={Place(topic, 0): 3})
    assert told(found) == [(3, 4, "unreadable: codec zstd")]
    assert found.records[0].offset == 5


def test_reading_from_the_middle_of_a_gzip_batch_skips_what_was_read(kafka: KafkaSettings, topic: str) -> None:
    """The broker sends whole batches: what lies before the position is left out."""
    assert produce(kafka.bootstrap, topic, 0, gzipped([record(n, GOOD[n]) for n in range(5)])) == 0
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(2), starts={Place(topic, 0): 3})
    assert [r.value for r in found.records] == GOOD[3:]


def test_what_retention_took_is_named_and_reading_goes_on(kafka: KafkaSettings, topic: str) -> None:
    """A position before the first offset there is: told as overtaken."""
    for value in GOOD:
        assert produce(kafka.bootstrap, topic, 0, batch([record(0, value)])) == 0
    with Admin(kafka) as admin:
        admin._client.delete_records({Place(topic, 0): 3})
    with reading(kafka, [topic]) as reader:
        found = gather(reader, with_values(2), starts={Place(topic, 0): 1})
    assert told(found) == [(1, 2, "overtaken")]
    assert [r.offset for r in found.records] == [3, 4]


def test_a_topic_made_anew_is_taken_away_and_given_again(kafka: KafkaSettings, topic: str) -> None:
    """Its offsets begin at 0 again: whoever reads must decide where to begin."""
    place = Place(topic, 0)
    for value in GOOD:
        assert produce(kafka.bootstrap, topic, 0, batch([record(0, value)])) == 0
    with reading(kafka, [topic]) as reader:
        gather(reader, with_values(5))
        with Admin(kafka) as admin:
            admin._client.delete_topics([topic])
            until(lambda: topic not in admin.names())
        assert [reader.poll(0.1).records for _ in range(10)] == [[]] * 10
        make_topic(kafka, topic, partitions=2)
        assert produce(kafka.bootstrap, topic, 0, batch([record(0, GOOD[0])])) == 0
        found = gather(reader, with_values(1))
    assert (found.revoked, found.assigned) == ([place], [place])
    assert [r.offset for r in found.records] == [0]
