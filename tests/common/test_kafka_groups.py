"""Places given and taken on a real broker: groups, static members, topics that come later."""

import time
from collections.abc import Callable

import pytest

from libs.common.bus import Batch, Commit, Place, Reader
from libs.common.errors import FatalError
from libs.common.kafka_settings import KafkaSettings
from tests.common.kafka_tools import gather, make_topic, reading, until, writing

Fresh = Callable[[str], str]


def assigned(count: int) -> Callable[[Batch], bool]:
    return lambda batch: len(batch.assigned) >= count


@pytest.mark.parametrize("grouped", [False, True])
def test_a_topic_that_is_made_later_is_read_within_seconds(kafka: KafkaSettings, fresh: Fresh, grouped: bool) -> None:
    """Any order of starting: the reader may be first."""
    early, late = fresh("early"), fresh("late")
    make_topic(kafka, early, partitions=2)
    with reading(kafka, [early, late], fresh("group") if grouped else None) as reader, writing(kafka) as writer:
        assert sorted(gather(reader, assigned(2)).assigned) == [Place(early, 0), Place(early, 1)]
        make_topic(kafka, late, partitions=3)
        writer.send(Place(late, 2), b"porch", b"hello")
        start_s = time.monotonic()
        found = gather(reader, lambda batch: bool(batch.records))
        assert sorted(found.assigned) == [Place(late, n) for n in range(3)]
        assert found.records[0].value == b"hello"
        assert time.monotonic() - start_s < 6


def test_a_join_that_outlasts_a_poll_is_not_forgotten(kafka: KafkaSettings, fresh: Fresh) -> None:
    """New partitions make two members join again while they poll in very short turns."""
    early, late, group = fresh("early"), fresh("late"), fresh("group")
    make_topic(kafka, early, partitions=2)
    with reading(kafka, [early, late], group) as first, reading(kafka, [early, late], group) as second:
        held: list[set[Place]] = [set(), set()]
        both([first, second], lambda held: [len(places) for places in held] == [1, 1], held, 0.02)
        make_topic(kafka, late, partitions=4)
        both([first, second], lambda held: [len(places) for places in held] == [3, 3], held, 0.02)


def both(
    readers: list[Reader],
    until_true: Callable[[list[set[Place]]], bool],
    held: list[set[Place]],
    poll_s: float = 0.05,
) -> None:
    """Poll them in turn, keeping count of what each one has, until that is as wanted."""

    def turn() -> bool:
        for reader, places in zip(readers, held, strict=True):
            batch = reader.poll(poll_s)
            places.difference_update(batch.revoked)
            places.update(batch.assigned)
            for place in batch.assigned:
                reader.seek(place, 0)
        return until_true(held)

    until(turn, 25)


def test_two_members_share_and_one_takes_over_when_the_other_leaves(kafka: KafkaSettings, fresh: Fresh) -> None:
    """What one loses is told as revoked, what the other gets as assigned; nobody has what the other has."""
    topic, group = fresh("shared"), fresh("group")
    make_topic(kafka, topic, partitions=4)
    everything = {Place(topic, n) for n in range(4)}
    with reading(kafka, [topic], group) as first:
        held: list[set[Place]] = [set()]
        both([first], lambda held: held[0] == everything, held)
        with reading(kafka, [topic], group) as second:
            held.append(set())
            both([first, second], lambda held: [len(places) for places in held] == [2, 2], held)
            assert held[0] | held[1] == everything
            lost = next(iter(held[1]))
            assert not first.commit({lost: Commit(1)}) or first.committed(lost) is not None
        both([first], lambda held: held[0] == everything, held[:1])


def test_a_static_member_that_restarts_keeps_its_places(kafka: KafkaSettings, fresh: Fresh) -> None:
    """The other one is not even told; the same places come back within the session."""
    topic, group = fresh("static"), fresh("group")
    make_topic(kafka, topic, partitions=4)
    with reading(kafka, [topic], group, "a") as first:
        held: list[set[Place]] = [set(), set()]
        with reading(kafka, [topic], group, "b") as second:
            both([first, second], lambda held: [len(places) for places in held] == [2, 2], held)
        before = [set(places) for places in held]
        held[1].clear()
        with reading(kafka, [topic], group, "b") as restarted:
            start_s = time.monotonic()
            both([first, restarted], lambda held: len(held[1]) == 2, held)
            assert time.monotonic() - start_s < 8
            assert held == before


def test_a_second_copy_of_a_static_member_ends_the_first_with_one_line(kafka: KafkaSettings, fresh: Fresh) -> None:
    """Fenced: going on would handle the same records twice."""
    topic, group = fresh("fenced"), fresh("group")
    make_topic(kafka, topic)
    with reading(kafka, [topic], group, "a") as first:
        gather(first, assigned(1))
        with reading(kafka, [topic], group, "a") as second:
            gather(second, assigned(1))
            with pytest.raises(FatalError, match="--instance"):
                first.commit({Place(topic, 0): Commit(1)})
            assert second.commit({Place(topic, 0): Commit(1)})


def test_records_of_a_full_topic_come_in_bounded_batches(kafka: KafkaSettings, fresh: Fresh) -> None:
    """At most eight frames are handed over at a time, in order, none twice."""
    topic = fresh("full")
    with reading(kafka, [topic], fresh("group")) as reader, writing(kafka) as writer:
        writer.partitions(topic)
        for n in range(100):
            writer.send(Place(topic, 0), b"porch", n.to_bytes(2, "big") + bytes(100_000))
        assert writer.flush(20)
        sizes: list[int] = []
        seen: list[int] = []
        while len(seen) < 100:
            batch = gather(reader, lambda batch: bool(batch.records))
            sizes.append(len(batch.records))
            seen += [record.offset for record in batch.records]
        assert seen == list(range(100))
        assert max(sizes) <= 8
