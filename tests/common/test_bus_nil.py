"""Values that take back what lies under a key: nil, which is something else than empty."""

from collections.abc import Callable, Iterator

import pytest

from libs.common.bus import Place
from tests.common.bus_rig import VALUES, Bus, memory, real, records
from tests.common.kafka_tools import gather


@pytest.fixture(params=["memory", "kafka"])
def bus(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> Iterator[Bus]:
    """A bus whose records have keys; a stream has none."""
    bus = real(fresh, request.getfixturevalue("kafka")) if request.param == "kafka" else memory(fresh)
    with bus.closing:
        yield bus


def test_a_value_that_is_taken_back_is_nil(bus: Bus) -> None:
    """Under its key; what comes before and after it stays what it is."""
    writer = bus.writer()
    writer.partitions(bus.topic)
    for value in (VALUES[0], None, b""):
        writer.send(Place(bus.topic, 0), b"porch", value)
    assert writer.flush(10)
    found = gather(bus.reader(), records(3)).records
    assert [(record.key, record.value) for record in found] == [
        (b"porch", VALUES[0]),
        (b"porch", None),
        (b"porch", b""),
    ]
