"""Reads the records of a fetched chunk one by one (https://kafka.apache.org/documentation/#recordbatch, format 2).

kafka-python's own reader stops for good at the first thing it cannot read, and loses the good records behind it. This
one tells what it steps over as an `Unreadable`, reads on, and inflates at most MAX_INFLATED_BYTES per batch.
"""

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from kafka.consumer.fetcher import ConsumerRecord, Fetcher
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.util import calc_crc32c, decode_varint

MAX_INFLATED_BYTES = 16 << 20
MAX_HEADERS = 64
MAX_RECORDS = 1 << 20
_HEADER = DefaultRecordBatch.HEADER_STRUCT
_LENGTH_AT, _MAGIC_AT, _ATTRIBUTES_AT, _FIRST_BYTES = 8, 16, DefaultRecordBatch.ATTRIBUTES_OFFSET, 17
_CODECS = {1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
_CODEC, _LOG_APPEND_TIME, _CONTROL = 0x07, 0x08, 0x20


class Unreadable(NamedTuple):
    """Stands as the value of a record that covers offsets up to `last`; `reason` never holds bytes of it."""

    last: int
    reason: str


class _BatchError(Exception):
    """The batch cannot be read; its text is the reason."""


class Batch:
    """One record batch of the wire; raises _BatchError or IndexError where it is broken."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        fields = _HEADER.unpack_from(data)
        self.base_offset, self.leader_epoch, self._crc, self._attributes = fields[0], fields[2], fields[4], fields[5]
        self.last_offset = self.base_offset + max(0, min(fields[6], MAX_RECORDS))
        self._first_ms, self._newest_ms, self.count = fields[7], fields[8], fields[12]
        self.is_control = bool(self._attributes & _CONTROL)

    def payload(self) -> bytes | memoryview:
        """The records' bytes, inflated."""
        if calc_crc32c(self._data[_ATTRIBUTES_AT:]) != self._crc:
            raise _BatchError("crc")
        codec, data = self._attributes & _CODEC, self._data[_HEADER.size :]
        if not codec:
            return data
        if _CODECS.get(codec) != "gzip":
            raise _BatchError(f"codec {_CODECS.get(codec, codec)}")
        inflated = zlib.decompressobj(31).decompress(data, MAX_INFLATED_BYTES + 1)
        if len(inflated) > MAX_INFLATED_BYTES:
            raise _BatchError("inflates too far")
        return inflated

    def timestamp_ms(self, delta_ms: int) -> tuple[int, int]:
        """A record's time, and whether it is the broker's (1) or the sender's (0)."""
        return (self._newest_ms, 1) if self._attributes & _LOG_APPEND_TIME else (self._first_ms + delta_ms, 0)


class RecordReader(Fetcher.PartitionRecords):  # type: ignore[misc]
    """Takes the place of kafka-python's reader: `fetcher.PartitionRecords = RecordReader`."""

    def _unpack_records(self, tp: Any, records: Any, *_: Any) -> Iterator[Any]:
        for data in _split(memoryview(records._buffer)):
            try:
                yield from self._of_batch(tp, data)
            except (_BatchError, IndexError, ValueError, zlib.error, EOFError) as error:
                reason = str(error) if isinstance(error, _BatchError) else type(error).__name__
                yield self._unreadable(tp, max(self.next_fetch_offset, _last_offset(data)), reason)
        self.drain()

    def _of_batch(self, tp: Any, data: memoryview) -> Iterator[Any]:
        if data[_MAGIC_AT] != 2:
            raise _BatchError("old format")
        batch = Batch(data)
        if batch.last_offset < self.fetch_offset:
            return
        self.leader_epoch = batch.leader_epoch
        if not batch.is_control:
            yield from self._of_payload(tp, batch, batch.payload())
        self.next_fetch_offset = batch.last_offset + 1

    def _of_payload(self, tp: Any, batch: Batch, payload: Any) -> Iterator[Any]:
        at = 0
        for expected in range(batch.base_offset, batch.base_offset + batch.count):
            size, start = decode_varint(payload, at)
            at = start + size
            if size < 0 or at > len(payload):
                raise _BatchError("record size")
            try:
                record = _record(tp, batch, payload[start:at])
            except (IndexError, ValueError):
                if expected >= self.next_fetch_offset:
                    yield self._unreadable(tp, expected, "record")
                continue
            if record.offset >= self.next_fetch_offset:
                self._count(record.offset, size)
                yield record

    def _count(self, offset: int, size: int) -> None:
        self.records_read += 1
        self.bytes_read += size
        self.next_fetch_offset = offset + 1

    def _unreadable(self, tp: Any, last: int, reason: str) -> Any:
        first, self.next_fetch_offset = self.next_fetch_offset, last + 1
        return _made(tp, -1, first, (0, 0), None, Unreadable(last, reason), [])


def _split(chunk: memoryview) -> Iterator[memoryview]:
    """The batches of a chunk; the last one may be cut off by the fetch limit and comes again with the next fetch."""
    at = 0
    while at + _FIRST_BYTES <= len(chunk):
        end = at + _LENGTH_AT + 4 + int.from_bytes(chunk[at + _LENGTH_AT : at + _LENGTH_AT + 4], "big")
        if end > len(chunk) or end <= at + _FIRST_BYTES:
            return
        yield chunk[at:end]
        at = end


def _last_offset(data: memoryview) -> int:
    """Of a batch that cannot be read: what its header says, else its first offset."""
    if data[_MAGIC_AT] == 2 and len(data) >= _HEADER.size:
        return int(Batch(data).last_offset)
    return int.from_bytes(data[:8], "big", signed=True)


def _record(tp: Any, batch: Batch, data: Any) -> Any:
    _, at = decode_varint(data, 0)
    delta_ms, at = decode_varint(data, at)
    delta, at = decode_varint(data, at)
    key, at = _bytes(data, at)
    value, at = _bytes(data, at)
    offset, time = batch.base_offset + delta, batch.timestamp_ms(delta_ms)
    return _made(tp, batch.leader_epoch, offset, time, key, value, _headers(data, at))


def _headers(data: Any, at: int) -> list[tuple[str, bytes]]:
    """At most MAX_HEADERS; a name in no UTF-8 is made readable, what is broken ends the list: the value counts."""
    headers: list[tuple[str, bytes]] = []
    try:
        count, at = decode_varint(data, at)
        for _ in range(min(count, MAX_HEADERS)):
            name, at = _bytes(data, at)
            value, at = _bytes(data, at)
            headers.append(((name or b"").decode(errors="replace"), value or b""))
    except (IndexError, ValueError):
        return headers
    return headers


def _bytes(data: Any, at: int) -> tuple[bytes | None, int]:
    size, at = decode_varint(data, at)
    if size < 0:
        return None, at
    if at + size > len(data):
        raise IndexError("longer than the record")
    return bytes(data[at : at + size]), at + size


def _made(tp: Any, epoch: int, offset: int, time: tuple[int, int], key: bytes | None, value: Any, headers: Any) -> Any:
    return ConsumerRecord(*tp, epoch, offset, *time, key, value, headers, None, -1, -1, -1)
