"""Messages to bytes and back: what is refused, what survives, what it costs in memory."""

from typing import Any

import msgpack
import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from libs.common.message_part import Unknown
from libs.common.messages import (
    MESSAGE_TYPES,
    Detection,
    Event,
    Frame,
    FrameEvent,
    Hop,
    Redaction,
    Verdict,
    replace,
)
from tests.common.codec_tools import Wire, changed, refusal, wire_of
from tests.common.every_message import full_frame, messages


@pytest.mark.parametrize("name", sorted(messages()))
def test_every_message_comes_back_as_it_was(name: str) -> None:
    """Every type, with all fields and with few."""
    message = messages()[name]
    assert codec.decode(codec.encode(message)) == message


def test_what_cannot_be_read_is_passed_over() -> None:
    """Neither nothing nor noise ends the row."""
    good = [codec.encode(message) for message in messages().values()]
    assert list(codec.readable([None, good[0], b"noise", *good[1:], b""])) == list(messages().values())


def test_every_type_is_among_the_examples() -> None:
    """A new type gets its example, golden file and page."""
    assert {message.TYPE for message in messages().values()} == set(MESSAGE_TYPES)


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
