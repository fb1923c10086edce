"""Writes record batches byte by byte: what no well-meaning client would send."""

import gzip
import socket
import struct
import time
from collections.abc import Sequence

import crc32c

GZIP, ZSTD = 1, 4
NO_LEADER_YET = (3, 5, 6)
_CLIENT = b"raw"


def varint(number: int) -> bytes:
    """A zigzag varint."""
    coded = (number << 1) ^ (number >> 63)
    out = bytearray()
    while coded > 0x7F:
        out.append(coded & 0x7F | 0x80)
        coded >>= 7
    out.append(coded)
    return bytes(out)


def record(delta: int, value: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """One record of a batch, without a key; header names are bytes here."""
    body = b"\0" + varint(0) + varint(delta) + varint(-1) + varint(len(value)) + value + varint(len(headers))
    body += b"".join(varint(len(name)) + name + varint(len(data)) + data for name, data in headers)
    return varint(len(body)) + body


def batch(records: Sequence[bytes], codec: int = 0, payload: bytes | None = None) -> bytes:
    """A record batch, format 2; `payload` takes the place of the records' bytes."""
    packed = b"".join(records) if payload is None else payload
    count = len(records)
    fields = struct.pack(">hiqqqhii", codec, count - 1, 0, 0, -1, -1, -1, count) + packed
    body = struct.pack(">ibI", -1, 2, crc32c.crc32c(fields)) + fields
    return struct.pack(">qi", 0, len(body)) + body


def gzipped(records: Sequence[bytes]) -> bytes:
    """A batch that claims gzip, and is."""
    return batch(records, GZIP, gzip.compress(b"".join(records), 9))


def zstd_batch(count: int) -> bytes:
    """A frame of raw blocks by hand (RFC 8878): the broker can inflate it, a client without zstd cannot."""
    plain = b"".join(record(n, b"zstd") for n in range(count))
    frame = b"\x28\xb5\x2f\xfd\x20" + bytes([len(plain)]) + (len(plain) << 3 | 1).to_bytes(3, "little") + plain
    return batch([record(n, b"zstd") for n in range(count)], ZSTD, frame)


def produce(bootstrap: str, topic: str, partition: int, data: bytes) -> int:
    """Write it as soon as the partition has a leader; the broker's error code, 0 if it took the batch."""
    deadline = time.monotonic() + 10
    while (code := _produce(bootstrap, topic, partition, data)) in NO_LEADER_YET and time.monotonic() < deadline:
        time.sleep(0.02)
    return code


def _produce(bootstrap: str, topic: str, partition: int, data: bytes) -> int:
    """One Produce request, version 7."""
    name = topic.encode()
    request = struct.pack(">hhih", 0, 7, 1, len(_CLIENT)) + _CLIENT + struct.pack(">hhi", -1, -1, 10_000)
    request += struct.pack(">ih", 1, len(name)) + name + struct.pack(">iii", 1, partition, len(data)) + data
    host, port = bootstrap.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        reply = answer.read(struct.unpack(">i", answer.read(4))[0])
        answer.close()
    (code,) = struct.unpack_from(">h", reply, 4 + 4 + 2 + len(name) + 4 + 4)
    return int(code)
