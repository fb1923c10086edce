"""Messages to bytes and back: what is refused, what survives, what it costs in memory."""

import math
import random
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgpack
import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from libs.common.messages import (
    MESSAGE_TYPES,
    Detection,
    Event,
    Frame,
    FrameEvent,
    Hop,
    Redaction,
    Unknown,
    Verdict,
    replace,
)
from tests.common.every_message import full_frame, messages

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


@pytest.mark.parametrize("name", sorted(messages()))
def test_every_message_comes_back_as_it_was(name: str) -> None:
    """Every type, with all fields and with few."""
    message = messages()[name]
    assert codec.decode(codec.encode(message)) == message


def test_every_type_is_among_the_examples() -> None:
    """A new type gets its example, golden file and page."""
    assert {message.TYPE for message in messages().values()} == set(MESSAGE_TYPES)


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


@pytest.mark.parametrize("case", sorted(BAD_BYTES))
def test_bytes_that_are_no_message_are_refused(case: str) -> None:
    """Broken, over-long, too deep, or no map of named fields."""
    assert refusal(BAD_BYTES[case]).reason == "bad-message"


LONG = "x" * 1025
BAD_VALUES: dict[str, list[Any]] = {
    "v": [None, "1", 1.0, True],
    "camera": [CANARY + "/..", "", "x" * 65, "-x", "ä", 5, None, "a\n", b"porch"],
    "boot": ["0000000G", "0000001", "00000001\n", 1, "ABCDEF01"],
    "seq": [-1, 2**63, 1.5, "1", True, None],
    "captured_at": [-1, 2**63, "now"],
    "width": [0, 65536, -1, 1.0],
    "height": [0, 65536, None],
    "image": [b"", CANARY, None, bytes((2 << 20) + 1), []],
    "image_by": [CANARY, "", None],
    "still": [1, "true", None],
    "verdicts": [[None], {}, CANARY, [{}], [1]],
    "verdicts.0.model": ["", "x" * 65, None],
    "verdicts.0.labels": [["Person"], [""], "person", None, [1], ["x" * 65]],
    "verdicts.0.how": [CANARY, "FULL", None],
    "verdicts.0.image_crc": [-1, 2**32, "0"],
    "detections": [None, {}, [[]], [{}] * 1001],
    "detections.0.label": ["Person", "", CANARY.upper(), "x" * 65, None],
    "detections.0.confidence": [1.01, -0.01, math.nan, math.inf, "1", None],
    "detections.0.box": [[0, 0, 1], [0, 0, 1, 1, 1], [0, 0, 1, math.nan], [0, 0, 1, 1.5], None, "0011"],
    "detections.0.by": [-1, 256, 0.5],
    "detections.0.track": [1.5, LONG, [], b"7"],
    "detections.0.zones": [[1], "door", None, [LONG], ["z"] * 65],
    "detections.0.parents": [["Car"], None],
    "detections.0.redacted": [0, None],
    "events": [None, [{"id": ""}], [1]],
    "events.0.id": ["", "x" * 65],
    "events.0.kind": ["", None],
    "redaction": [[], CANARY, {}],
    "redaction.boxes": [[[0, 0, 1]], [[0, 0, math.inf, 1]], None],
    "redaction.withheld": [None, 1],
    "redaction.reason": [CANARY, ""],
    "hops": [None, [{}], [{"service": "a", "instance": "b", "in_ns": 1, "out_ns": 2}] * 17],
    "hops.0.service": ["", None, LONG],
    "hops.0.in_ns": [-1, 1.5],
    "tags": [None, [], {"": "x"}, {"k": 1}, {"k": LONG}, {str(n): "" for n in range(17)}, {"x" * 65: ""}],
    "unheard": [math.nan, [math.inf], {"a": {"b": math.nan}}, {"a": {b"b": 1}}, "x" * (64 << 10) + "x"],
}


@pytest.mark.parametrize("path", sorted(BAD_VALUES))
def test_a_wrong_value_is_refused_by_its_name_and_never_shown(path: str) -> None:
    """Type, form, range and length of every field of a frame."""
    for value in BAD_VALUES[path]:
        error = refusal(changed(path, value))
        assert error.reason == "bad-message", (path, value)


def test_a_canary_is_in_no_error() -> None:
    """Not as a value, not as a name, not in a place where something else is expected."""
    for path in [*BAD_VALUES, "detections.0", "hops.0", "redaction", "tags"]:
        for value in (CANARY * 200, {CANARY: CANARY}, [CANARY], {CANARY: {CANARY: math.nan}}):
            try:
                codec.decode(changed(path, value))
            except PermanentError as error:
                assert CANARY not in str(error)
                assert error.__cause__ is None
                assert error.__suppress_context__ or CANARY not in str(error.__context__)


def test_missing_fields_are_refused_and_those_with_a_default_are_not() -> None:
    """The page says which ones may be left out."""
    for name in ("camera", "boot", "seq", "captured_at", "width", "height", "image"):
        wire = wire_of("frame")
        del wire[name]
        assert name in str(refusal(msgpack.packb(wire)))
    few = {name: wire_of("raw frame")[name] for name in ("v", "type", "camera", "boot", "seq", "captured_at")}
    few |= {"width": 4, "height": 3, "image": b"jpeg"}
    frame = codec.decode(msgpack.packb(few))
    assert isinstance(frame, Frame)
    assert (frame.image_by, frame.verdicts, frame.hops) == ("foreign", None, ())


@pytest.mark.parametrize("kind", ["video", "Frame", "", None, 5, ["frame"], CANARY])
def test_an_unknown_type_has_its_own_reason(kind: object) -> None:
    """So that a reader from an earlier release is seen in the counts."""
    assert refusal(changed("type", kind)).reason == "unknown-type"


@pytest.mark.parametrize("version", [0, 2, -1, 2**40])
def test_another_version_has_its_own_reason(version: int) -> None:
    """Nothing is guessed about it."""
    assert refusal(changed("v", version)).reason == "unknown-version"


def test_ext_types_are_refused_everywhere() -> None:
    """Also timestamps, which msgpack would read by itself."""
    for ext in (msgpack.ExtType(5, b"x"), msgpack.Timestamp(1, 0), msgpack.ExtType(127, CANARY.encode())):
        for path in ("camera", "unheard", "detections.0.label", "tags"):
            assert refusal(changed(path, ext)).reason == "bad-message"


def test_text_in_no_utf8_is_refused() -> None:
    """Also where no schema looks."""
    for where in (b"porch", b"unheard"):
        data = changed("unheard", "unheard").replace(where, b"\xff" * len(where))
        assert refusal(data).reason == "bad-message"


def test_a_reader_knows_its_version_and_the_one_before() -> None:
    """Shown with a made-up version 2, whose `captured_at` counts from another moment than that of version 1."""

    def upgrade(wire: Wire) -> Wire:
        return {**wire, "captured_at": wire["captured_at"] + 1000}

    def read(wire: Wire) -> Frame:
        frame = codec.decode(msgpack.packb(wire), version=2, upgrades={1: upgrade})
        assert isinstance(frame, Frame)
        return frame

    old, new = wire_of(), {**wire_of(), "v": 2}
    assert read(new).captured_at == new["captured_at"]
    assert read(old).captured_at == old["captured_at"] + 1000
    for version in (0, 3):
        with pytest.raises(PermanentError) as refused:
            read({**wire_of(), "v": version})
        assert refused.value.reason == "unknown-version"


LEVELS = ["", "verdicts.0", "detections.0", "detections.1", "events.0", "redaction", "hops.1"]


@pytest.mark.parametrize("level", LEVELS)
def test_unknown_fields_survive_a_pass_at_every_level(level: str) -> None:
    """A service of this version hands on what a later one wrote, also when it changes the message."""
    new = {"next": {"deep": [1, 2.5, None, True, "t", b"b", {"x": [[]]}]}, "": {"camera": "evil"}}
    path = f"{level}.unheard".lstrip(".")
    data = changed(path, new)
    frame = codec.decode(data)
    assert isinstance(frame, Frame)
    passed = msgpack.unpackb(codec.encode(replace(frame, still=True)))
    assert passed.pop("still") is True
    expected = msgpack.unpackb(data)
    expected.pop("still")
    assert passed == expected


def test_free_maps_stay_as_they_are() -> None:
    """`data` and `params` may have any names, also ones that mean something elsewhere."""
    for data in ({"": {"id": "evil"}}, {"": 1, "v": 2, "type": "end", "unknown": {}}, {"data": {"data": {}}}):
        event = replace(messages()["event"], data=data)
        assert codec.decode(codec.encode(event)) == event


def test_unknown_fields_never_replace_known_ones() -> None:
    """Neither smuggled under the codec's own name nor put there by hand."""
    evil = {"camera": "evil", "v": 7, "type": "end", "image": b"evil"}
    wires = [
        {**wire_of(), "": evil},
        {**wire_of(), "": {"": evil}},
        {**wire_of(), "unknown": evil},
        {**wire_of(), "": {"": {"": evil}}},
    ]
    frames = [codec.decode(msgpack.packb(wire)) for wire in wires]
    frames.append(replace(full_frame(), unknown=Unknown(evil)))
    for frame in frames:
        again = codec.decode(codec.encode(frame))
        assert isinstance(again, Frame)
        assert (again.camera, again.image) == (full_frame().camera, full_frame().image)


def test_an_unknown_name_must_be_text_and_shallow() -> None:
    """At any level; 16 levels are enough for anybody."""
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    for level in LEVELS:
        assert refusal(changed(f"{level}.unheard".lstrip("."), deep)).reason == "bad-message"
    event = codec.encode(replace(messages()["event"], data={"deep": deep}))
    assert "levels" in str(refusal(event))


def bomb_of(unit: bytes, head: bytes) -> bytes:
    """As many of these as fit into 4 MiB."""
    return head + unit * ((codec.MAX_MESSAGE_BYTES - len(head)) // len(unit))


BOMBS = {
    "empty arrays in arrays": bomb_of(b"\xdc\x10\x00" + b"\x90" * 4096, b"\xdc\x10\x00"),
    "empty maps in arrays": bomb_of(b"\xdc\x10\x00" + b"\x80" * 4096, b"\xdc\x10\x00"),
    "numbers in arrays": bomb_of(b"\xdc\x10\x00" + b"\xcd\x7f\xff" * 4096, b"\xdc\x10\x00"),
    "promised arrays in arrays": bomb_of(b"\xdc\x10\x00", b""),
    "promised maps in maps": bomb_of(b"\xde\x04\x00\xa1x", b""),
    "detections of nothing": msgpack.packb({"v": 1, "type": "frame", "detections": []})[:-1]
    + bomb_of(b"\x80", b"\xdc\x10\x00"),
    "unknown texts": bomb_of(b"\xa0" * 4096, b"\x83\xa1v\x01\xa4type\xa5frame\xa1x\xdc\x10\x00"),
}


@pytest.mark.parametrize("case", sorted(BOMBS))
def test_4_mib_of_anything_take_little_memory(case: str) -> None:
    """What is counted is counted before it is built."""
    bomb = BOMBS[case]
    tracemalloc.start()
    try:
        refusal(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20, f"{peak >> 20} MiB"


def test_5000_mutated_messages_are_read_or_refused_and_nothing_else() -> None:
    """Bits, bytes, cuts, insertions and swaps with a fixed seed; whatever is read can be written again."""
    chance = random.Random(20_260_131)
    originals = [codec.encode(message) for message in messages().values()]
    read = 0
    for _ in range(5000):
        mutant = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 6)):
            chance.choice(MUTATIONS)(chance, mutant)
        try:
            message = codec.decode(bytes(mutant))
        except PermanentError as error:
            assert error.reason in ("bad-message", "unknown-type", "unknown-version")
            continue
        read += 1
        assert codec.decode(codec.encode(message)) == message
    assert 50 < read < 4000


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


def test_bytes_are_the_same_as_those_of_plain_msgpack() -> None:
    """Smallest forms, 64-bit floats, fields in the order of the page: other languages may rely on it."""
    for message in messages().values():
        data = codec.encode(message)
        assert msgpack.packb(msgpack.unpackb(data)) == data


def test_a_stream_is_cut_into_messages_however_it_is_chunked() -> None:
    """Byte by byte, in pieces of 64 KiB, and all at once; also pictures larger than a piece."""
    sent = [codec.encode(message) for message in messages().values()]
    sent.append(codec.encode(replace(full_frame(), image=bytes(1_900_000))))
    stream = b"".join(sent)
    for size in (65_536, 1_000_000, len(stream)):
        splitter = codec.Splitter()
        cut = [value for at in range(0, len(stream), size) for value in splitter.feed(stream[at : at + size])]
        assert cut == sent
        assert splitter.finish() == []
    splitter = codec.Splitter()
    assert [value for byte in sent[1] for value in splitter.feed(bytes([byte]))] == [sent[1]]


def test_a_stream_of_nonsense_or_of_too_much_is_refused() -> None:
    """And one that ends inside a message."""
    for chunk in (b"\xc1", b"\xdd\xff\xff\xff\xff" + bytes(5 << 20), b"\xc6\xff\xff\xff\xff" + bytes(5 << 20)):
        splitter = codec.Splitter()
        with pytest.raises(PermanentError):
            splitter.feed(chunk)
    splitter = codec.Splitter()
    splitter.feed(codec.encode(full_frame())[:-1])
    with pytest.raises(PermanentError):
        splitter.finish()


def test_nested_classes_are_the_ones_that_the_levels_above_name() -> None:
    """A new nested class gets its level in the test of unknown fields."""
    nested = {Verdict, Detection, FrameEvent, Redaction, Hop}
    assert set(codec._SHAPES) == nested | set(MESSAGE_TYPES.values())
    assert Event in set(MESSAGE_TYPES.values())
