"""Two topics joined by their partitions: on a real broker the same numbers of both are always one member's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest

from libs.common.bus import Place, Reader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_together import Together
from tests.common.kafka_tools import gather, make_topic, reading, until, writing

Fresh = Callable[[str], str]
PARTITIONS = 6


class Members:
    """Members of one group that joins two topics, and what each of them has."""

    def __init__(self, kafka: KafkaSettings, fresh: Fresh) -> None:
        self.kafka, self.topics, self.group = kafka, [fresh("frames"), fresh("events")], fresh("group")
        self.held: dict[Reader, set[Place]] = {}
        self.revoked: dict[Reader, int] = {}
        self.closing = ExitStack()

    def make(self, *topics: str) -> None:
        for topic in topics or self.topics:
            make_topic(self.kafka, topic, partitions=PARTITIONS)

    def join(self, instance: str | None = None) -> Reader:
        reader = self.closing.enter_context(reading(self.kafka, [*self.topics], self.group, instance, together=True))
        self.held[reader], self.revoked[reader] = set(), 0
        return reader

    def leave(self, reader: Reader) -> None:
        reader.close()
        del self.held[reader]

    def until(self, *counts: int, poll_s: float = 0.05) -> None:
        """Poll all of them until they have so many places each, in any order."""

        def turn() -> bool:
            for reader, places in self.held.items():
                batch = reader.poll(poll_s)
                places.difference_update(batch.revoked)
                places.update(batch.assigned)
                self.revoked[reader] += len(batch.revoked)
                for place in batch.assigned:
                    reader.seek(place, 0)
            return sorted(len(places) for places in self.held.values()) == sorted(counts)

        until(turn, 25)
        self.check()

    def check(self) -> None:
        """Everything is somebody's, nothing is two members', and each has the same numbers of both topics."""
        everything = [place for places in self.held.values() for place in places]
        assert sorted(everything) == sorted(Place(topic, n) for topic in self.topics for n in range(PARTITIONS))
        for places in self.held.values():
            shares = {frozenset(n for topic, n in places if topic == each) for each in self.topics}
            assert len(shares) == 1


@pytest.fixture
def members(kafka: KafkaSettings, fresh: Fresh) -> Iterator[Members]:
    """Closed at the end."""
    made = Members(kafka, fresh)
    with made.closing:
        yield made


@pytest.mark.parametrize("instances", [(None, None), ("a", "b"), ("a", None)], ids=["dynamic", "static", "mixed"])
def test_members_come_and_go_and_both_halves_go_with_them(
    members: Members, instances: tuple[str | None, str | None]
) -> None:
    """One alone, two, one again, two again; a static one is waited for."""
    members.make()
    first = members.join(instances[0])
    members.until(12)
    second = members.join(instances[1])
    members.until(6, 6)
    if instances[1] is None:
        members.leave(second)
        members.until(12)
        members.join()
        members.until(6, 6)
    else:
        before = set(members.held[second])
        members.leave(second)
        again = members.join(instances[1])
        members.until(6, 6)
        assert members.held[again] == before
    assert members.held[first]


def test_members_that_poll_in_short_turns_settle(members: Members) -> None:
    """A join that outlasts a poll is finished, also where all is given back first; so is that of a topic made later."""
    members.make(members.topics[0])
    members.join()
    members.join()
    late = members.topics.pop()
    members.until(3, 3, poll_s=0.02)
    members.topics.append(late)
    members.make(late)
    members.until(6, 6, poll_s=0.02)


def test_what_a_newcomer_takes_is_told_before_it_is_given(members: Members, kafka: KafkaSettings) -> None:
    """All is revoked and half is given again: whoever held something of it forgets it, and reads from its commit."""
    members.make()
    first = members.join()
    members.until(12)
    members.join()
    members.until(6, 6)
    assert members.revoked[first] == 12
    mine = sorted(members.held[first])
    with writing(kafka) as writer:
        for place in mine:
            writer.send(place, b"porch", b"hello")
        assert writer.flush(10)
        found = gather(first, lambda batch: len(batch.records) == len(mine))
    assert sorted(record.place for record in found.records) == mine


@pytest.mark.parametrize("instances", [[None, "a", None, "b"], ["b", None, "a"], ["a", "b"], [None]])
def test_no_member_is_left_out_whatever_their_order(instances: list[str | None]) -> None:
    """kafka-python's own loses members where those with a name do not stand together."""

    def member(number: int, instance: str | None) -> Any:
        topics = SimpleNamespace(topics=["frames", "events"])
        return SimpleNamespace(member_id=f"m{number}", group_instance_id=instance, metadata=topics)

    cluster = SimpleNamespace(partitions_for_topic=lambda topic: set(range(PARTITIONS)))
    given = Together.assign(cluster, [member(n, instance) for n, instance in enumerate(instances)])
    shares = [dict(assignment.assigned_partitions) for assignment in given.values()]
    assert all(share["frames"] == share["events"] for share in shares)
    assert sorted(n for share in shares for n in share["frames"]) == list(range(PARTITIONS))
    assert all(share["frames"] for share in shares)
