"""Topics on a real broker: made with our settings, looked at, checked."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from libs.common.bus import Place
from libs.common.errors import PermanentError, TemporaryError
from libs.common.kafka_admin import Admin, Shape, ensure_topic
from libs.common.kafka_check import check_topics
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import TOPICS, Topic
from libs.ops.ports import free_port
from tests.common.kafka_tools import make_topic, until, writing

Fresh = Callable[[str], str]


def test_a_missing_topic_is_made_with_our_settings(kafka: KafkaSettings, fresh: Fresh) -> None:
    """The broker's own clock, nothing compressed, 4 MiB, six partitions, a disk budget."""
    name = fresh("made")
    assert ensure_topic(kafka, name) == Shape(partitions=6, limit_bytes=4 << 20)
    with Admin(kafka) as admin:
        config = admin.config(name)
        assert admin.differences(Topic(name)) == {}
    expected = {
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "uncompressed",
        "max.message.bytes": "4194304",
        "segment.ms": "60000",
        "segment.bytes": "67108864",
        "retention.ms": "3600000",
        "retention.bytes": str((6 << 30) // 6),
        "cleanup.policy": "delete",
    }
    assert {key: config[key] for key in expected} == expected
    assert ensure_topic(kafka, name) == Shape(6, 4 << 20)


def test_making_a_topic_twice_is_no_error(kafka: KafkaSettings, fresh: Fresh) -> None:
    """Two services may start at the same moment."""
    topic = Topic(fresh("twice"))
    with Admin(kafka) as admin:
        assert [admin.create(topic), admin.create(topic)] == [True, False]


def test_the_size_limit_is_the_topics_own(kafka: KafkaSettings, fresh: Fresh) -> None:
    """A topic that somebody made smaller: refused at send, the next one goes through."""
    name = fresh("small")
    make_topic(kafka, name, partitions=3, max_message_bytes="100000")
    with writing(kafka) as writer:
        assert writer.partitions(name) == 3
        with pytest.raises(PermanentError) as refused:
            writer.send(Place(name, 0), b"porch", bytes(100_000))
        assert refused.value.reason == "too-large"
        largest = writer.send(Place(name, 0), b"porch", bytes(98_000))
        assert writer.flush(10)
        assert largest.error is None


def test_checking_tells_what_is_missing_and_what_is_wrong(kafka: KafkaSettings, fresh: Fresh) -> None:
    """Too small or by the sender's clock is wrong; the rest is the operator's choice and shown."""
    good, small, other, missing = (fresh(name) for name in ("good", "small", "other", "missing"))
    ensure_topic(kafka, good)
    make_topic(kafka, small, max_message_bytes="1000000", message_timestamp_type="LogAppendTime")
    make_topic(kafka, other, partitions=2, max_message_bytes=str(8 << 20), message_timestamp_type="LogAppendTime")
    well, wrong = check_topics(kafka, [good, small, other, missing])
    assert well[0] == f"broker {kafka.bootstrap}: answers"
    assert well[1] == f"topic {good}: raw, as it should be"
    assert well[2].startswith(f"topic {other}: raw; ")
    assert "partitions is 2 instead of 6" in well[2]
    assert [line.split(";")[0] for line in wrong] == [
        f"topic {small}: raw",
        f"topic {missing}: missing (framebus topics create {missing})",
    ]
    assert "max.message.bytes is 1000000 instead of 4194304" in wrong[0]


def test_a_topic_that_is_read_and_written_is_one_line(kafka: KafkaSettings, fresh: Fresh) -> None:
    """And need not be there: who reads it makes it."""
    name = fresh("both")
    assert check_topics(kafka, [name], [name]) == (
        [f"broker {kafka.bootstrap}: answers", f"topic {name}: raw, will be made at the first start"],
        [],
    )


def test_a_topic_with_a_name_of_ones_own_is_made_as_what_it_is(kafka: KafkaSettings, fresh: Fresh) -> None:
    """Of a notifier: compacted, seven days, safe."""
    name = fresh("notices")
    ours = replace(kafka, kept_as={name: "notices"})
    ensure_topic(ours, name)
    with Admin(kafka) as admin:
        assert admin.differences(replace(TOPICS["notices"], name=name)) == {}
    assert check_topics(ours, [], [name])[0][1] == f"topic {name}: safe, as it should be"


def test_a_broker_that_is_away_is_told_at_once() -> None:
    """One line, and nothing is tried for long."""
    away = KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}")
    well, wrong = check_topics(away, ["frames.source"])
    assert well == []
    assert len(wrong) == 1
    assert away.bootstrap in wrong[0]
    with pytest.raises(TemporaryError):
        ensure_topic(away, "frames.source")


def test_a_deleted_topic_is_waited_for(kafka: KafkaSettings, fresh: Fresh) -> None:
    """What is sent meanwhile is neither refused nor lost, and other topics go on."""
    gone, stays = fresh("gone"), fresh("stays")
    with writing(kafka) as writer, Admin(kafka) as admin:
        for name in (gone, stays):
            writer.partitions(name)
        first = writer.send(Place(gone, 0), None, b"first")
        assert writer.flush(10)
        assert first.error is None
        admin._client.delete_topics([gone])
        until(lambda: gone not in admin.names())
        lost = [writer.send(Place(gone, 0), None, b"%d" % n) for n in range(3)]
        assert not writer.flush(3)
        other = writer.send(Place(stays, 0), None, b"other")
        until(lambda: other.done or writer.full())
        assert other.error is None
        assert [delivery.done for delivery in lost] == [False] * 3
        ensure_topic(kafka, gone)
        assert writer.flush(15)
        assert [delivery.error for delivery in lost] == [None] * 3
