"""What only a stream does: it ends, and it breaks."""

from libs.common.bus_stream import StreamWriter
from tests.common.bus_rig import VALUES, stream, values
from tests.common.kafka_tools import gather


def test_a_stream_ends_when_its_writer_does() -> None:
    """And not before the last value was handed on."""
    bus = stream()
    with bus.closing:
        bus.filled()
        writer = bus.writer()
        assert isinstance(writer, StreamWriter)
        writer.stream.close()
        reader = bus.reader()
        found = gather(reader, lambda _: reader.ended())
        assert values(found.records) == VALUES
        assert found.skipped == []


def test_what_is_no_message_ends_a_stream_behind_the_last_good_one() -> None:
    """Nobody can tell where the next one would begin; what came before is handed on."""
    bus = stream()
    with bus.closing:
        place, writer = bus.filled(3), bus.writer()
        writer.send(place, None, b"\xc1\xc1")
        reader = bus.reader()
        found = gather(reader, lambda batch: bool(batch.skipped))
        assert values(found.records) == VALUES[:3]
        assert (found.skipped[0].first, reader.ended()) == (3, True)
