"""What every bus promises: the real one, the one in memory, and streams as far as a stream can."""

from collections.abc import Callable, Iterator

import pytest

from libs.common.bus import Commit, Place
from libs.common.errors import PermanentError
from tests.common.bus_rig import VALUES, Bus, bus_of, memory, opened, real, records, values
from tests.common.kafka_tools import gather


@pytest.fixture(params=["memory", "kafka"])
def bus(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> Iterator[Bus]:
    """A bus with offsets, partitions and groups."""
    bus = real(fresh, request.getfixturevalue("kafka")) if request.param == "kafka" else memory(fresh)
    with bus.closing:
        yield bus


@pytest.fixture(params=["memory", "kafka", "kafka-once", "stream"])
def any_bus(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> Iterator[Bus]:
    """Every bus there is."""
    settings = request.getfixturevalue("kafka") if request.param.startswith("kafka") else None
    bus = bus_of(request.param, fresh, settings)
    with bus.closing:
        yield bus


def test_what_is_written_comes_in_order_with_offsets_from_zero(any_bus: Bus) -> None:
    """Order, values, offsets of one place; nothing twice."""
    place = any_bus.filled()
    found = gather(any_bus.reader(), records(20)).records
    assert values(found) == VALUES
    assert [record.offset for record in found] == list(range(20))
    assert {record.place for record in found} == {place}


def test_each_place_is_assigned_once(any_bus: Bus) -> None:
    """Without a group all places are there, told once."""
    count = any_bus.writer().partitions(any_bus.topic)
    any_bus.filled(2)
    reader = any_bus.reader()
    assigned = gather(reader, records(2)).assigned
    assigned += [place for _ in range(5) for place in reader.poll(0.02).assigned]
    assert sorted(assigned) == [Place(any_bus.topic, n) for n in range(count)]


def test_an_empty_flush_and_an_unfilled_window_are_no_reason_to_wait(any_bus: Bus) -> None:
    """Nothing sent, nothing to wait for; and after a flush nothing is under way."""
    writer = any_bus.writer()
    assert writer.flush(0)
    any_bus.filled(3)
    assert not writer.full()
    assert writer.window_used_bytes == 0
    assert writer.connected()


def test_a_delivery_is_done_after_a_flush(any_bus: Bus) -> None:
    """Its fate is known then, also of an empty value."""
    writer = any_bus.writer()
    writer.partitions(any_bus.topic)
    deliveries = [writer.send(Place(any_bus.topic, 0), b"porch", value) for value in (VALUES[0], b"")]
    assert writer.flush(10)
    assert [(delivery.done, delivery.error) for delivery in deliveries] == [(True, None)] * 2


def test_closing_twice_or_at_once_is_no_error(any_bus: Bus) -> None:
    """Whoever cleans up need not know what was cleaned up before."""
    reader, writer = any_bus.reader(), any_bus.writer()
    reader.close()
    reader.close()
    writer.close()
    writer.close()


def test_nothing_comes_from_any_bus_before_seek(any_bus: Bus) -> None:
    """An assigned place is silent until somebody says where to begin."""
    place = any_bus.filled()
    reader = any_bus.reader()
    opened(reader, place)
    assert [batch.records for batch in (reader.poll(0.05) for _ in range(3))] == [[]] * 3
    reader.seek(place, 0)
    assert values(gather(reader, records(20)).records) == VALUES


@pytest.mark.parametrize("grouped", [False, True])
def test_nothing_comes_before_seek(bus: Bus, grouped: bool) -> None:
    """A place that is assigned but not sought stays silent, also if somebody resumes it."""
    place = bus.filled()
    reader = bus.reader(bus.group if grouped else None)
    opened(reader, place)
    reader.resume(place)
    assert [batch.records for batch in (reader.poll(0.1) for _ in range(5))] == [[]] * 5
    reader.seek(place, 18)
    assert values(gather(reader, records(2)).records) == VALUES[18:]


def test_seeking_back_delivers_again(any_bus: Bus) -> None:
    """Any offset can be read again, also while later ones lie ready."""
    place = any_bus.filled()
    reader = any_bus.reader()
    gather(reader, records(9))
    reader.seek(place, 3)
    again = gather(reader, records(17)).records
    assert [record.offset for record in again] == list(range(3, 20))


def test_a_paused_place_is_silent_until_it_is_resumed(any_bus: Bus) -> None:
    """Pausing loses nothing and doubles nothing."""
    place = any_bus.filled()
    reader = any_bus.reader()
    first = gather(reader, records(1)).records
    reader.pause(place)
    assert [batch.records for batch in (reader.poll(0.1) for _ in range(4))] == [[]] * 4
    reader.resume(place)
    assert values(first + gather(reader, records(20 - len(first))).records) == VALUES


def test_seeking_a_paused_place_leaves_it_paused(any_bus: Bus) -> None:
    """The order of seek and pause does not matter."""
    place = any_bus.filled()
    reader = any_bus.reader()
    gather(reader, records(20))
    reader.pause(place)
    reader.seek(place, 5)
    assert [batch.records for batch in (reader.poll(0.1) for _ in range(3))] == [[]] * 3
    reader.resume(place)
    assert gather(reader, records(1)).records[0].offset == 5


def test_a_paused_place_does_not_hold_up_the_others(bus: Bus) -> None:
    """Each place is on its own."""
    place, other = bus.filled(), Place(bus.topic, 1)
    reader = bus.reader()
    gather(reader, records(20))
    reader.pause(place)
    writer = bus.writer()
    writer.partitions(bus.topic)
    writer.send(place, None, VALUES[0])
    writer.send(other, None, VALUES[1])
    assert writer.flush(10)
    assert [record.place for record in gather(reader, records(1)).records] == [other]


def test_a_commit_comes_back_with_its_note(bus: Bus) -> None:
    """What the group stored is there for its next member, place by place."""
    place, other = bus.filled(), Place(bus.topic, 1)
    reader = bus.reader(bus.group)
    opened(reader, place)
    assert reader.committed(place) is None
    assert reader.commit({place: Commit(7, "1700000000000 2 7"), other: Commit(0)})
    reader.close()
    successor = bus.reader(bus.group)
    opened(successor, place)
    assert successor.committed(place) == Commit(7, "1700000000000 2 7")
    assert successor.committed(other) == Commit(0)
    assert successor.committed(Place(bus.topic, 2)) is None


def test_without_a_group_nothing_is_committed(bus: Bus) -> None:
    """There is nobody to commit for."""
    place = bus.filled(1)
    reader = bus.reader()
    gather(reader, records(1))
    assert not reader.commit({place: Commit(1)})
    assert reader.committed(place) is None


def test_bounds_and_times_find_offsets(bus: Bus) -> None:
    """First and next offset; the first one at or after a time; none after the newest."""
    place = bus.filled()
    reader = bus.reader()
    found = gather(reader, records(20)).records
    assert reader.bounds(place) == (0, 20)
    assert reader.bounds(Place(bus.topic, 3)) == (0, 0)
    assert reader.offset_at(place, 0) == 0
    assert reader.offset_at(place, -5) == 0
    assert reader.offset_at(place, found[-1].timestamp_ms + 60_000) is None


def test_lag_is_what_was_not_read_yet(bus: Bus) -> None:
    """From the reading position to the newest record."""
    place = bus.filled()
    reader = bus.reader()
    gather(reader, records(20))
    assert reader.lag(place) == 0
    reader.seek(place, 12)
    assert reader.lag(place) == 8


def test_asking_about_a_place_that_is_not_ours_is_no_error(bus: Bus) -> None:
    """A place may be taken away between two calls."""
    foreign = Place(bus.topic, 99)
    reader = bus.reader()
    bus.filled(1)
    gather(reader, records(1))
    reader.pause(foreign)
    reader.resume(foreign)
    reader.seek(foreign, 5)
    assert not reader.lag(foreign)
    assert reader.poll(0.05).records == []


def test_too_large_is_refused_at_send_and_the_next_one_goes_through(bus: Bus) -> None:
    """Nobody waits for an answer that is known beforehand."""
    writer, place = bus.writer(), Place(bus.topic, 0)
    writer.partitions(bus.topic)
    with pytest.raises(PermanentError) as refused:
        writer.send(place, b"porch", bytes(5 << 20))
    assert refused.value.reason == "too-large"
    assert f"{bus.topic} takes at most 419" in str(refused.value) or "at most 4194304" in str(refused.value)
    writer.send(place, b"porch", VALUES[0])
    assert writer.flush(10)
    assert values(gather(bus.reader(), records(1)).records) == VALUES[:1]


def test_keys_headers_and_times_travel(bus: Bus) -> None:
    """The key, the headers in their order, and a time of the log that never falls."""
    headers = [("reason", b"bad-message"), ("error", "größer".encode()), ("reason", b"")]
    bus.filled(3, headers)
    found = gather(bus.reader(), records(3)).records
    assert {record.key for record in found} == {b"porch"}
    assert [list(record.headers) for record in found] == [headers] * 3
    times = [record.timestamp_ms for record in found]
    assert times == sorted(times)
    assert times[0] > 1_700_000_000_000


def test_each_place_keeps_its_own_order(bus: Bus) -> None:
    """Records of several places may mix, those of one never."""
    writer = bus.writer()
    count = writer.partitions(bus.topic)
    for n in range(60):
        writer.send(Place(bus.topic, n % count), None, VALUES[n // 6] + VALUES[n % 6])
    assert writer.flush(10)
    found = gather(bus.reader(), records(60)).records
    for number in range(count):
        offsets = [record.offset for record in found if record.place.partition == number]
        assert offsets == list(range(60 // count))


def test_an_empty_bus_gives_empty_batches(bus: Bus) -> None:
    """Nothing to read is nothing to raise."""
    bus.writer().partitions(bus.topic)
    reader = bus.reader()
    for _ in range(3):
        assert reader.poll(0.05).records == []
    assert not reader.ended()
    assert reader.connected()
