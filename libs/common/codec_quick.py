"""The quick way for ordinary frames: msgspec reads and writes the wire at once, `v` and `type` first.

It takes a frame only where nothing is doubtful: every field known and valid, and little beside the picture, so that no
length on the wire can cost much memory. Of everything else it says nothing; the codec then goes through it by hand.
"""

from operator import attrgetter
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from libs.common.messages import VERSION, Frame

MAX_BESIDE_PICTURE_BYTES = 64 << 10


class _Outline(msgspec.Struct):
    """Where the picture lies; the rest is passed over without a copy."""

    image: msgspec.Raw


def _wire_class() -> Any:
    """Frame with `v` and `type` as its first fields."""
    head = [("v", Literal[VERSION]), ("type", Literal[Frame.TYPE])]
    fields = [(item.name, item.type, _default(item)) for item in _FIELDS]
    return msgspec.defstruct("FrameWire", [*head, *fields], forbid_unknown_fields=True)


def _default(item: msgspec.structs.FieldInfo) -> Any:
    if item.default_factory is not msgspec.NODEFAULT:
        return msgspec.field(default_factory=item.default_factory)
    return msgspec.field(default=item.default)


_FIELDS = [item for item in msgspec.structs.fields(Frame) if item.encode_name]
_FIELDS.sort(key=lambda item: not item.required)
_NAMES = [item.name for item in _FIELDS]
_values = attrgetter(*_NAMES)
_WIRE = _wire_class()
_OUTLINE = msgspec.msgpack.Decoder(_Outline)
_DECODER = msgspec.msgpack.Decoder(_WIRE)
_ENCODER = msgspec.msgpack.Encoder()


def decode(data: bytes) -> Frame | None:
    """The frame; None for whatever is no ordinary one."""
    try:
        if len(data) - len(_OUTLINE.decode(data).image) > MAX_BESIDE_PICTURE_BYTES:
            return None
        wire = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Frame(**dict(zip(_NAMES, _values(wire), strict=True)))


def encode(frame: Frame) -> bytes | None:
    """The wire form; None if the frame carries fields that this version does not know."""
    return None if _has_unknown(frame) else _ENCODER.encode(_WIRE(VERSION, Frame.TYPE, *_values(frame)))


def _has_unknown(frame: Frame) -> bool:
    parts = (frame, *(frame.verdicts or ()), *frame.detections, *frame.events, *frame.hops)
    if any(part.unknown is not UNSET for part in parts):
        return True
    return frame.redaction is not None and frame.redaction.unknown is not UNSET
