"""What the tests of the codec share: messages as plain maps with one thing changed, bytes that are none, refusals."""

import random
from collections.abc import Callable
from typing import Any

import msgpack
import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from tests.common.every_message import full_frame, messages

CANARY = "hunter2canary"
Wire = dict[str, Any]

BAD_BYTES = {
    "nothing": b"",
    "no map": msgpack.packb([1, 2]),
    "text": msgpack.packb(CANARY),
    "nil": b"\xc0",
    "never used byte": b"\xc1",
    "cut off": codec.encode(full_frame())[:-1],
    "trailing bytes": codec.encode(full_frame()) + b"\x00",
    "two messages": codec.encode(full_frame()) * 2,
    "over 4 MiB": b"\xc4" + bytes(codec.MAX_MESSAGE_BYTES),
    "array of 2^32": b"\xdd\xff\xff\xff\xff",
    "map of 2^32": b"\xdf\xff\xff\xff\xff",
    "text of 2^32": b"\xdb\xff\xff\xff\xff",
    "bytes of 2^32": b"\xc6\xff\xff\xff\xff",
    "array of arrays of arrays": b"\xdc\x0f\xff" * 2000,
    "10,000 levels": b"\x91" * 10_000 + b"\xc0",
    "10,000 maps": b"\x81\xa1x" * 10_000 + b"\xc0",
    "number as name": b"\x81\x01\x02",
    "bytes as name": b"\x81\xc4\x01v\x01",
}
"""What is no message."""


def wire_of(name: str = "frame") -> Wire:
    """A message as a plain map."""
    wire: Wire = msgpack.unpackb(codec.encode(messages()[name]))
    return wire


def refusal(data: bytes) -> PermanentError:
    with pytest.raises(PermanentError) as refused:
        codec.decode(data)
    assert CANARY not in str(refused.value)
    return refused.value


def changed(path: str, value: Any) -> bytes:
    """A full frame with one value replaced; `path` like detections.0.label."""
    wire = wire_of()
    *way, last = [int(word) if word.isdigit() else word for word in path.split(".")]
    at: Any = wire
    for step in way:
        at = at[step]
    at[last] = value
    packed: bytes = msgpack.packb(wire)
    return packed


def refusal_or_none(data: bytes) -> PermanentError | None:
    """What decoding raises, if it does."""
    try:
        codec.decode(data)
    except PermanentError as error:
        return error
    return None


def _flip(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _set(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.choice([0, 0xC0, 0xC1, 0xC4, 0xCB, 0xD4, 0xDC, 0xDF, 0xFF])


def _cut(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.randint(0, 20)]


def _insert(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.randint(1, 8))


MUTATIONS: list[Callable[[random.Random, bytearray], None]] = [_flip, _set, _cut, _insert]
