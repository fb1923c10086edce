"""Compressed record batches, headers in no UTF-8 and wild times, into a running detector."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import crc32c
import pytest

from libs.common import codec
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import DEAD_SUFFIX
from tests.common.kafka_raw import batch, record
from tests.faults.codecs import GZIP, LZ4, SNAPPY, UNKNOWN, ZSTD, packed
from tests.faults.hostile import Bus, Feed, Log, bus, ended, seqs
from tests.faults.mutants import good
from tests.faults.surroundings import Chain

WITHIN_S = 30.0
TIMES_MS = (0, 1, -1, 10**12, 4_000_000_000_000, 2**62)
ANY_TIME = {
    "message_timestamp_type": "CreateTime",
    "message_timestamp_after_max_ms": str(2**63 - 1),
    "retention_ms": "-1",
}
Fresh = Callable[[str], str]


@pytest.fixture
def made(kafka: KafkaSettings) -> Iterator[Bus]:
    """The bus of one test."""
    with bus(kafka) as found:
        yield found


def values(first: int, count: int = 3) -> list[bytes]:
    """Good frames, as records."""
    return [codec.encode(good(seq)) for seq in range(first, first + count)]


def through(made: Bus, folder: Path, topics: tuple[str, str, str], feed: Callable[[Feed], None], count: int) -> Log:
    """What the detector makes of all that was fed."""
    into, out = made.feed(topics[0]), made.log(made.topic(topics[1]))
    with ended(Chain(made.settings.bootstrap, folder, topics)) as chain:
        chain.start("detector")
        feed(into)
        out.until(lambda: len(out.records) >= count, WITHIN_S)
        chain.check()
        assert (chain.running["detector"].status() or {}).get("ready")
    return out


def test_our_topics_unpack_what_others_packed(made: Bus, fresh: Fresh, tmp_path: Path) -> None:
    """The broker does it, because the topic says so; a codec that nobody knows does not get in."""

    def feed(into: Feed) -> None:
        for number, kind in enumerate((0, GZIP, SNAPPY, LZ4, ZSTD)):
            assert into.put_batch(packed(kind, values(number * 3))) == 0
        assert into.put_batch(packed(UNKNOWN, values(50))) != 0

    out = through(made, tmp_path, (made.topic(fresh("in")), fresh("out"), ""), feed, 15)
    assert seqs(out.records) == list(range(15))


def test_a_topic_that_keeps_what_comes_packed_costs_only_what_is_packed(
    made: Bus, fresh: Fresh, tmp_path: Path
) -> None:
    """Not ours: gzip is read, the others are named, counted and noted down, all that lies between them comes."""
    topics = (made.topic(fresh("in"), compression_type="producer"), fresh("out"), "")

    def feed(into: Feed) -> None:
        for number, kind in enumerate((0, SNAPPY, GZIP, LZ4, 0, ZSTD, 0)):
            assert into.put_batch(packed(kind, values(number * 3))) == 0

    out = through(made, tmp_path, topics, feed, 12)
    assert seqs(out.records) == [*range(3), *range(6, 9), *range(12, 15), *range(18, 21)]
    said = (tmp_path / "detector.log").read_text()
    for kind, first in (("snappy", 3), ("lz4", 9), ("zstd", 15)):
        assert f"3 messages from {first} on are lost: unreadable: codec {kind}" in said
    dead = made.log(topics[0] + DEAD_SUFFIX)
    dead.until(lambda: len(dead.records) == 3, WITHIN_S)
    assert [dict(letter.headers)["reason"] for letter in dead.records] == [b"unreadable"] * 3
    assert [dict(letter.headers)["offset"] for letter in dead.records] == [b"3", b"9", b"15"]


def test_headers_in_no_utf8_pass(made: Bus, fresh: Fresh, tmp_path: Path) -> None:
    """They are nobody's business; a thousand of them neither."""
    odd = [(b"\xff\xfe", b"\x00"), (b"", b""), *[(b"h", bytes(50))] * 1000]

    def feed(into: Feed) -> None:
        first, second = values(0, 2)
        assert into.put_batch(batch([record(0, first, odd), record(1, second)])) == 0

    out = through(made, tmp_path, (made.topic(fresh("in")), fresh("out"), ""), feed, 2)
    assert seqs(out.records) == [0, 1]


def test_times_of_any_kind_pass(made: Bus, fresh: Fresh, tmp_path: Path) -> None:
    """A topic that believes its senders: records from 1970, from the year 2096, from no time at all."""
    topics = (made.topic(fresh("in"), **ANY_TIME), fresh("out"), "")

    def feed(into: Feed) -> None:
        for seq, time_ms in enumerate(TIMES_MS):
            assert into.put_batch(at_time(time_ms, values(seq, 1)[0])) == 0

    out = through(made, tmp_path, topics, feed, len(TIMES_MS))
    assert seqs(out.records) == list(range(len(TIMES_MS)))


def at_time(time_ms: int, value: bytes) -> bytes:
    """A batch of one record that says when it was made."""
    data = bytearray(batch([record(0, value)]))
    struct.pack_into(">qq", data, 27, time_ms, time_ms)
    struct.pack_into(">I", data, 17, crc32c.crc32c(bytes(data[21:])))
    return bytes(data)
