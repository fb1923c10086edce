"""What the tests of the codec share: messages as plain maps with one thing changed, and their refusals."""

from typing import Any

import msgpack
import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from tests.common.every_message import messages

CANARY = "hunter2canary"
Wire = dict[str, Any]


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
