"""Everything on a topic, pictures too, one message at a time: what the checker is given."""

import time
from collections.abc import Collection, Iterator

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from tests.camera.checker import Found

SILENT_S = 30.0


def everything_on(bootstrap: str, topic: str, cameras: Collection[str] = ()) -> Iterator[Found]:
    """From the start of the log to where it ends now, in the order of the log within each partition.

    Of all cameras, if none is named.
    """
    keys = {camera.encode() for camera in cameras}
    reader = KafkaReader(KafkaSettings(bootstrap), [topic], None, None, "sink")
    try:
        for record in _records(reader):
            if not keys or record.key in keys:
                yield Found(codec.decode(record.value or b""), record.timestamp_ms)
    finally:
        reader.close()


def _records(reader: KafkaReader) -> Iterator[Record]:
    left: dict[Place, int] | None = None
    deadline_s = time.monotonic() + SILENT_S
    while left is None or left:
        assert time.monotonic() < deadline_s, f"nothing came within {SILENT_S:g} s; left are {left}"
        batch = reader.poll(0.2)
        for place in batch.assigned:
            first, end = reader.bounds(place)
            left = (left or {}) | ({place: end} if end > first else {})
            reader.seek(place, first)
        for record in batch.records:
            deadline_s = time.monotonic() + SILENT_S
            if left and record.place in left and record.offset < left[record.place]:
                yield record
                if record.offset + 1 == left[record.place]:
                    del left[record.place]
