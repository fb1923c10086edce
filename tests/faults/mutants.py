"""Good messages made bad: byte by byte, value by value, and inside the picture. All of it follows from the dice."""

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

import msgpack

from libs.common import codec, images
from libs.common.messages import Detection, Event, Frame, FrameEvent, Hop, Message, Verdict, replace
from libs.common.testing import picture

Wire = dict[str, Any]
Way = tuple[Any, ...]

CANARY = "hunter2 canary"
START_NS = 1_700_000_000_000_000_000
PICTURES = [images.encode(picture(seed=number)) for number in range(20)]
RAW: dict[str, Any] = {"width": 320, "height": 240, "image_by": "framebus"}
OTHER_TYPES = ("end", "event", "status", "producer", "trigger", "segment", "recording", "notice", "video", CANARY)
WRONG: tuple[Any, ...] = (
    *(None, True, 0, 1, -1, 1.5, 255, 256, 2**16, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)),
    *(
        math.nan,
        math.inf,
        -math.inf,
        1e300,
        "",
        "x",
        CANARY,
        CANARY * 100,
        "Ärger",
        "a/b",
        "\n",
        "x" * 65,
        "x" * 70_000,
    ),
    *(
        b"",
        b"\xff\xd8",
        CANARY.encode(),
        [],
        [None],
        [[]],
        [1.5] * 4,
        [0.9, 0.1, 0.1, 0.9],
        ["x"] * 17,
        [0] * 5000,
        "QUJD",
    ),
    *(
        "QUJD",
        {},
        {CANARY: CANARY},
        {"": {}},
        {1: 2},
        {"x": math.nan},
        msgpack.ExtType(5, b"x"),
        msgpack.Timestamp(1, 0),
    ),
)
"""What stands where something else is expected."""


class Sent(NamedTuple):
    """A record as it is written."""

    value: bytes | None
    key: bytes | None


def good(seq: int, camera: str = "porch", boot: str = "00000001") -> Frame:
    """One of a row of good frames; its picture differs from those before and after."""
    at, image = START_NS + seq * 100_000_000, PICTURES[seq % len(PICTURES)]
    return Frame(camera=camera, boot=boot, seq=seq, captured_at=at, image=image, **RAW)


def rich(number: int) -> Frame:
    """A good frame with something in every field, and a boot of its own: it is nobody's repeat."""
    frame = good(number, "cellar", f"{number:08x}")
    seen = Detection(label="person", confidence=0.9, box=(0.1, 0.2, 0.5, 0.9), track="7", zones=("door",))
    return replace(
        frame,
        verdicts=(Verdict(model="hog", labels=("person",), how="full", image_crc=images.image_crc(frame.image)),),
        detections=(seen, replace(seen, label="moving", box=(0.5, 0.5, 0.75, 1.0), track=3, parents=("thing",))),
        events=(FrameEvent(id="6f1c", kind="detection.started", label="person"),),
        hops=(Hop(service="producer", instance="box", in_ns=START_NS, out_ns=START_NS + 5),),
        tags={"file": CANARY},
    )


def looked_at(number: int) -> Frame:
    """The same behind a detector: with a verdict on what the redactor of these tests covers."""
    frame = rich(number)
    verdict = Verdict(model="motion", labels=("moving",), how="full", image_crc=images.image_crc(frame.image))
    return replace(frame, verdicts=(*(frame.verdicts or ()), verdict))


def packed(wire: Any) -> bytes:
    done: bytes = msgpack.packb(wire)
    return done


def wire_of(message: Message) -> Wire:
    wire: Wire = msgpack.unpackb(codec.encode(message))
    return wire


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every value inside a message."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*way, name)
        yield from ways(each, (*way, name))


def put(value: Any, way: Way, new: Any) -> Any:
    """The message with one value replaced; nothing that it was made from is touched."""
    if not way:
        return new
    changed = value.copy()
    changed[way[0]] = put(value[way[0]], way[1:], new)
    return changed


def without(value: Any, way: Way) -> Any:
    """The message without one value."""
    if len(way) > 1:
        return put(value, way[:1], without(value[way[0]], way[1:]))
    changed = value.copy()
    del changed[way[0]]
    return changed


def every_wrong_value(made: Callable[[int], Frame], first: int) -> Iterator[Sent]:
    """Each field of a frame, also of the maps in it, with each wrong value; and once without the field."""
    number = first
    for way in list(ways(wire_of(made(first)))):
        for value in WRONG:
            yield Sent(packed(put(wire_of(made(number)), way, value)), b"cellar")
            number += 1
        if isinstance(way[-1], str):
            yield Sent(packed(without(wire_of(made(number)), way)), b"cellar")
            number += 1


def mutant(dice: Random, frame: Frame) -> Sent:
    """One message that was good; what has become of it is for the oracle to say."""
    change = dice.choices([_bytes, _values, _picture, _other], [40, 40, 18, 2])[0]
    value = change(dice, frame)
    key = dice.choices([b"cellar", None, b"porch", b"", b"\xff\x00"], [90, 4, 2, 2, 2])[0]
    return Sent(value, key)


def scrambled(dice: Random, data: bytes) -> bytes:
    """One to four accidents in a row of bytes."""
    for _ in range(dice.choice([1, 1, 2, 4])):
        at, size = dice.randrange(len(data) + 1), dice.choice([1, 1, 2, 8, 300])
        if dice.random() < 0.5:
            at = min(at, dice.randrange(600))  # where the names and numbers are, not the picture
        before, after = data[:at], data[at + size :]
        data = dice.choice(
            [
                before + dice.randbytes(size) + after,
                before + after,
                before + dice.randbytes(size) + data[at:],
                before + data[at : at + size] * 2 + after,
                before + bytes(byte ^ (1 << dice.randrange(8)) for byte in data[at : at + 1]) + data[at + 1 :],
            ]
        )
    return data


def _bytes(dice: Random, frame: Frame) -> bytes:
    whole = codec.encode(frame)
    if dice.random() < 0.9:
        return scrambled(dice, whole)
    return dice.choice(
        [whole[: dice.randrange(len(whole))], whole + whole, b"", dice.randbytes(dice.randrange(1, 9000))]
    )


def _values(dice: Random, frame: Frame) -> bytes:
    wire = wire_of(frame)
    for _ in range(dice.choice([1, 1, 1, 2, 5])):
        wire = _changed(dice, wire) or wire
    if dice.random() < 0.1:
        wire = put(wire, dice.choice(list(ways(wire))), _nested(dice.choice([3, 20, 400])))
    return packed(wire)


def _changed(dice: Random, wire: Wire) -> Wire:
    way, kind, wrong = dice.choice(list(ways(wire))), dice.randrange(10), dice.choice(WRONG)
    if kind == 0:
        changed: Wire = without(wire, way)
        return changed
    if kind == 1:
        return wire | {dice.choice(["new", CANARY, "x" * 200]): wrong}
    if kind == 2:
        return wire | {"type": dice.choice(OTHER_TYPES)}
    return dict(put(wire, way, wrong))


def _nested(levels: int) -> Any:
    inner: Any = CANARY
    for level in range(levels):
        inner = [inner] if level % 2 else {"x": inner}
    return inner


def _picture(dice: Random, frame: Frame) -> bytes:
    """The picture is damaged, the message is not; half of the verdicts are about the damaged bytes."""
    image = scrambled(dice, frame.image)[: 2 << 20] or b"\xff"
    crc = images.image_crc(image if dice.random() < 0.5 else frame.image)
    verdicts = tuple(replace(verdict, image_crc=crc) for verdict in frame.verdicts or ())
    return codec.encode(replace(frame, image=image, verdicts=verdicts))


def _other(dice: Random, frame: Frame) -> bytes:
    """A message that does not belong on a topic of frames."""
    return codec.encode(Event(id=f"{dice.getrandbits(60):x}", camera=frame.camera, kind="mark", at=START_NS))
