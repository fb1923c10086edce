"""Messages to bytes and back: strict, bounded msgpack.

The wire is untrusted. msgpack's own limits bound every length before anything is allocated, `Limits` bounds what all
containers of a message hold together, msgspec checks the schema; none of their errors shows a value.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

import msgpack
import msgspec

from libs.common import codec_quick
from libs.common.errors import PermanentError
from libs.common.message_part import Part, Unknown
from libs.common.messages import MESSAGE_TYPES, VERSION, Frame, Message

MAX_MESSAGE_BYTES = 4 << 20
MAX_TEXT_BYTES = 64 << 10
MAX_ARRAY_ITEMS = 4096
MAX_MAP_ITEMS = 1024
MAX_ITEMS = 50_000
MAX_DEPTH = 16

Wire = dict[str, Any]
_ENCODER = msgspec.msgpack.Encoder()
_NATIVE = (bytes,)
"""Bytes are bytes: msgspec would else take text for base64."""
Upgrade = Callable[[Wire], Wire]

UPGRADES: Mapping[int, Upgrade] = {}
"""How a map of the version before is read: version -> map of the next version. Version 1 has none before it."""


def encode(message: Message) -> bytes:
    """The message's wire form: one msgpack map with `v` and `type` first."""
    if type(message) is Frame and (quick := codec_quick.encode(message)) is not None:
        return quick
    wire = {"v": VERSION, "type": message.TYPE}
    wire |= msgspec.to_builtins(message, builtin_types=(bytes,))
    return _ENCODER.encode(_flatten(wire, type(message)))


def decode(data: bytes, version: int = VERSION, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Message:
    """Read one message; raises PermanentError with reason `bad-message`, `unknown-version` or `unknown-type`."""
    if version == VERSION and (frame := codec_quick.decode(data)) is not None:
        return frame
    wire = _unpack(data)
    return from_wire(wire, version, upgrades)


def readable(values: Iterable[bytes | None]) -> Iterator[Message]:
    """The messages among the values of records; what cannot be read is passed over."""
    for value in values:
        try:
            yield decode(value or b"")
        except PermanentError:
            continue


def from_wire(wire: Wire, version: int = VERSION, upgrades: Mapping[int, Upgrade] = UPGRADES) -> Message:
    """Check an unpacked map against the schema of its type; raises PermanentError as `decode`."""
    found = wire.pop("v", None)
    if type(found) is not int:
        raise PermanentError("v: expected an int", "bad-message")
    if found == version - 1 and found in upgrades:
        wire = upgrades[found](wire)
    elif found != version:
        raise PermanentError(f"v: expected {version}, this message is of another version", "unknown-version")
    kind = wire.pop("type", None)
    if not isinstance(kind, str) or kind not in MESSAGE_TYPES:
        raise PermanentError(f"type: expected one of {', '.join(MESSAGE_TYPES)}", "unknown-type")
    return _convert(wire, MESSAGE_TYPES[kind])


def _unpack(data: bytes) -> Wire:
    if len(data) > MAX_MESSAGE_BYTES:
        raise PermanentError(f"expected at most {MAX_MESSAGE_BYTES} bytes, got {len(data)}", "bad-message")
    hook = _Limits().hook
    try:
        wire = msgpack.unpackb(
            data,
            max_str_len=MAX_TEXT_BYTES,
            max_array_len=MAX_ARRAY_ITEMS,
            max_map_len=MAX_MAP_ITEMS,
            max_ext_len=0,
            ext_hook=_refuse_ext,
            list_hook=hook,
            object_hook=hook,
        )
    except PermanentError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise PermanentError(f"not one bounded msgpack map ({type(error).__name__})", "bad-message") from None
    if not isinstance(wire, dict):
        raise PermanentError(f"expected a map, got {type(wire).__name__}", "bad-message")
    return wire


class _Limits:
    """Counts what all containers of one message hold: nesting cannot multiply the limits of one container."""

    __slots__ = ("items",)

    def __init__(self) -> None:
        self.items = 0

    def hook(self, items: Any) -> Any:
        """Called with each list and each map as soon as it is built."""
        self.items += len(items)
        if self.items > MAX_ITEMS:
            raise PermanentError(f"expected at most {MAX_ITEMS} values in a message", "bad-message")
        return items


def _refuse_ext(code: int, data: bytes) -> Any:
    raise PermanentError("msgpack ext types are not allowed", "bad-message")


def _convert(wire: Wire, kind: type[Message]) -> Message:
    """The quick way knows every field; only a message with unknown ones (or a wrong one) is gone through by hand."""
    for name in _FREE[kind]:
        _plain(wire.get(name))
    try:
        try:
            return msgspec.convert(wire, kind, builtin_types=_NATIVE)
        except msgspec.ValidationError:
            return msgspec.convert(_gather(wire, kind), kind, builtin_types=_NATIVE)
    except msgspec.ValidationError as error:
        raise PermanentError(str(error), "bad-message") from None


def _gather(wire: Wire, kind: type[Part]) -> Wire:
    """Move fields that `kind` does not know into its `unknown` field (named "" on the way), at every level."""
    names, parts = _SHAPES[kind]
    unknown = {name: wire.pop(name) for name in list(wire) if name not in names}
    if unknown:
        wire[""] = Unknown(_plain(unknown))
    for name, part in parts.items():
        value = wire.get(name)
        if type(value) is list:
            wire[name] = [_gather(item, part) if type(item) is dict else item for item in value]
        elif type(value) is dict:
            wire[name] = _gather(value, part)
    return wire


def _plain(value: Any, depth: int = 1) -> Any:
    """A value that no schema describes: bounded depth, finite numbers, text keys."""
    if depth > MAX_DEPTH:
        raise PermanentError(f"expected at most {MAX_DEPTH} levels", "bad-message") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise PermanentError("expected finite numbers", "bad-message") from None
    if isinstance(value, list):
        for item in value:
            _plain(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise PermanentError("expected text as the name of every field", "bad-message") from None
            _plain(item, depth + 1)
    return value


def _flatten(wire: Wire, kind: type[Part]) -> Wire:
    """Put unknown fields back beside the known ones, which they never replace, wherever `_gather` finds them."""
    for name, part in _SHAPES[kind][1].items():
        value = wire[name]
        if type(value) is tuple:
            for item in value:
                if "" in item:
                    _flatten(item, part)
        elif type(value) is dict:
            _flatten(value, part)
    if "" in wire:
        for name, value in wire.pop("").items():
            wire.setdefault(name, value)
    return wire


def _shape(kind: type[Part]) -> tuple[frozenset[str], dict[str, type[Part]]]:
    """The wire names of a class, and which of them hold parts."""
    fields = [item for item in msgspec.structs.fields(kind) if item.encode_name]
    parts = {item.encode_name: part for item in fields if (part := _part_in(item.type))}
    return frozenset(item.encode_name for item in fields), parts


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((part for inner in get_args(annotation) if (part := _part_in(inner))), None)


def _all_parts(kind: type[Part]) -> set[type[Part]]:
    found = {kind}
    for part in _shape(kind)[1].values():
        found |= _all_parts(part)
    return found


_SHAPES = {part: _shape(part) for kind in MESSAGE_TYPES.values() for part in _all_parts(kind)}
_FREE = {
    kind: [item.encode_name for item in msgspec.structs.fields(kind) if item.type == dict[str, Any]]
    for kind in MESSAGE_TYPES.values()
}


class Splitter:
    """Cuts a stream into the bytes of its msgpack values, however they are chunked."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.broken: str | None = None

    def feed(self, chunk: bytes) -> list[bytes]:
        """The values that are complete now; raises PermanentError behind the last good one."""
        self._buffer += chunk
        values = [] if self.broken else self._cut()
        if self.broken and not values:
            raise PermanentError(self.broken, "bad-message")
        return values

    def _cut(self) -> list[bytes]:
        unpacker = msgpack.Unpacker(max_buffer_size=len(self._buffer) or 1, max_ext_len=0)
        unpacker.feed(self._buffer)
        values, start = [], 0
        try:
            while True:
                unpacker.skip()
                values.append(bytes(self._buffer[start : unpacker.tell()]))
                start = unpacker.tell()
        except msgpack.OutOfData:
            del self._buffer[:start]
        except ValueError as error:
            self.broken = f"no msgpack in the stream ({type(error).__name__})"
        if len(self._buffer) > MAX_MESSAGE_BYTES and not self.broken:
            self.broken = f"expected messages of at most {MAX_MESSAGE_BYTES} bytes"
        return values

    def finish(self) -> list[bytes]:
        """The stream ended: raises PermanentError if it did so inside a value."""
        if self._buffer or self.broken:
            raise PermanentError(self.broken or "the stream ended inside a message", "bad-message")
        return []
