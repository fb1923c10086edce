"""The quick way of the codec says the same as the slow one, or nothing."""

import random
import tracemalloc

import msgpack
import pytest

from libs.common import codec, codec_quick
from libs.common.errors import PermanentError
from libs.common.messages import Frame, Message
from tests.common.codec_tools import MUTATIONS, changed, wire_of
from tests.common.every_message import full_frame, messages

FRAMES = sorted(name for name, message in messages().items() if isinstance(message, Frame))
MUTANTS = 5000


def slowly(data: bytes) -> Message | None:
    """What the way by hand makes of it."""
    try:
        return codec.from_wire(codec._unpack(data))
    except PermanentError:
        return None


@pytest.mark.parametrize("name", FRAMES)
def test_an_ordinary_frame_goes_the_quick_way_and_comes_back(name: str) -> None:
    """Byte for byte as the golden files are."""
    frame = messages()[name]
    assert isinstance(frame, Frame)
    data = codec_quick.encode(frame)
    assert data == codec.encode(frame)
    assert data is not None
    assert codec_quick.decode(data) == slowly(data) == frame


def test_whatever_the_quick_way_takes_the_slow_one_reads_alike() -> None:
    """5000 frames with changed bits, bytes and lengths, from a fixed seed."""
    chance, taken = random.Random(7), 0
    originals = [codec.encode(messages()[name]) for name in FRAMES]
    for _ in range(MUTANTS):
        mutant = bytearray(chance.choice(originals))
        chance.choice(MUTATIONS)(chance, mutant)
        if (frame := codec_quick.decode(bytes(mutant))) is not None:
            taken += 1
            assert frame == slowly(bytes(mutant))
    assert taken > MUTANTS // 20


DOUBTFUL = {
    "unknown field": changed("unheard", 1),
    "unknown field in a hop": changed("hops.0.unheard", 1),
    "a field without a name": changed("", {}),
    "a field without a name in a hop": changed("hops.0.", {}),
    "a number with a point": changed("seq", 1.0),
    "a picture as text": changed("image", "YWJj"),
    "not a number": changed("detections.0.confidence", float("nan")),
    "another version": changed("v", 2),
    "true for one": changed("v", True),
    "another type": changed("type", "end"),
    "something behind it": codec.encode(full_frame()) + b"\xc0",
    "cut": codec.encode(full_frame())[:-1],
    "nested without end": b"\x81\xa1x" + b"\x91" * 100_000,
}


@pytest.mark.parametrize("case", sorted(DOUBTFUL))
def test_what_is_doubtful_is_left_to_the_slow_way(case: str) -> None:
    """It gathers unknown fields, and says what is wrong with the rest."""
    assert codec_quick.decode(DOUBTFUL[case]) is None


@pytest.mark.parametrize("missing", ["v", "type", "camera", "image"])
def test_a_frame_without_a_required_field_is_left_to_the_slow_way(missing: str) -> None:
    """Version and type are required as well."""
    wire = wire_of()
    del wire[missing]
    assert codec_quick.decode(msgpack.packb(wire)) is None


def test_the_order_of_the_fields_does_not_matter() -> None:
    """Other languages write maps in any order."""
    data = msgpack.packb(dict(reversed(list(wire_of().items()))))
    assert codec_quick.decode(data) == full_frame()


@pytest.mark.parametrize("picture", [b"\xc4\x01x", b"\xc6\x00\x1e\x00\x00" + bytes(0x1E0000)])
def test_a_bomb_beside_a_picture_costs_little(picture: bytes) -> None:
    """A million labels of one letter: it is seen to be too much before anything is built."""
    labels = b"\xdc\x03\xe8" + b"\xa1a" * 1000
    bomb = b"\xdc\x03\xe8" + (b"\x81\xa7parents" + labels) * 1000
    data = b"\x82\xa5image" + picture + b"\xaadetections" + bomb
    tracemalloc.start()
    try:
        assert codec_quick.decode(data) is None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20, f"{peak >> 10} KiB"
