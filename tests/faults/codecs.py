"""Record batches packed by every codec that Kafka knows, and by one it does not, without any of their libraries.

Nothing is made smaller: each format can also say "this part is as it was".
"""

import gzip
from collections.abc import Sequence

from tests.common.kafka_raw import batch, record

GZIP, SNAPPY, LZ4, ZSTD, UNKNOWN = 1, 2, 3, 4, 6
BLOCK_BYTES = 32 << 10


def packed(codec: int, values: Sequence[bytes]) -> bytes:
    """A batch of these values, without keys."""
    records = [record(number, value) for number, value in enumerate(values)]
    payload = b"".join(records)
    forms = {GZIP: gzip.compress, SNAPPY: _snappy, LZ4: _lz4, ZSTD: _zstd}
    return batch(records, codec, forms[codec](payload) if codec in forms else payload)


def _snappy(data: bytes) -> bytes:
    """The framing of xerial's library, which Kafka's clients use, around blocks of one literal."""
    framed = b"\x82SNAPPY\0" + (1).to_bytes(4, "big") * 2
    for block in _blocks(data):
        size = len(block)
        plain = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
        literal = bytes([61 << 2]) + (size - 1).to_bytes(2, "little") + block
        framed += (len(plain + literal)).to_bytes(4, "big") + plain + literal
    return framed


def _lz4(data: bytes) -> bytes:
    """A frame of independent blocks that are not compressed; 0x82 is the checksum of its two flags."""
    blocks = b"".join((len(block) | 1 << 31).to_bytes(4, "little") + block for block in _blocks(data))
    return b"\x04\x22\x4d\x18\x60\x40\x82" + blocks + bytes(4)


def _zstd(data: bytes) -> bytes:
    """A frame of raw blocks (RFC 8878), its size in four bytes."""
    blocks = _blocks(data)
    framed = b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little")
    for number, block in enumerate(blocks, 1):
        framed += (len(block) << 3 | (number == len(blocks))).to_bytes(3, "little") + block
    return framed


def _blocks(data: bytes) -> list[bytes]:
    return [data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES)]
