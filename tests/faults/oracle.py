"""docs/messages.md once more, as plain checks over another msgpack reader than the services have: what is a message?"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

Check = Callable[[Any], bool]
Wire = dict[str, Any]

MOST_BYTES, MOST_TEXT, MOST_ITEMS, MOST_NAMES, MOST_VALUES, MOST_LEVELS = 4 << 20, 64 << 10, 4096, 1024, 50_000, 16


def whole(low: int, high: int = 2**63 - 1) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def number(high: float) -> Check:
    return lambda value: type(value) in (int, float) and 0 <= value <= high


def text(low: int = 0, high: int = 1024, form: str = "") -> Check:
    fits = re.compile(form, re.DOTALL).fullmatch
    return lambda value: type(value) is str and low <= len(value) <= high and (not form or bool(fits(value)))


def data(most: int) -> Check:
    return lambda value: type(value) is bytes and 1 <= len(value) <= most


def items(check: Check, most: int = 1000) -> Check:
    return lambda value: type(value) is list and len(value) <= most and all(map(check, value))


def names(name: Check, check: Check, most: int) -> Check:
    return lambda value: type(value) is dict and len(value) <= most and all(name(k) and check(value[k]) for k in value)


def either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def free(value: Any, level: int = 1) -> bool:
    """What no table describes: finite, named by text, not too deep."""
    if level > MOST_LEVELS or (type(value) is float and not math.isfinite(value)):
        return False
    if type(value) is dict:
        return all(type(name) is str for name in value) and all(free(each, level + 1) for each in value.values())
    return type(value) is not list or all(free(each, level + 1) for each in value)


@dataclass(frozen=True)
class Part:
    """A map with names that must be there, and names that may be; others are free."""

    must: Mapping[str, Check]
    may: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        if type(value) is not dict or not self.must.keys() <= value.keys():
            return False
        known = {**self.must, **self.may}
        rest = {name: each for name, each in value.items() if name not in known}
        return all(known[name](each) for name, each in value.items() if name in known) and (not rest or free(rest))


def nil(value: Any) -> bool:
    return value is None


def yes_or_no(value: Any) -> bool:
    return type(value) is bool


camera, boot, at, side = text(1, 64, "[A-Za-z0-9][A-Za-z0-9_.-]*"), text(form="[0-9a-f]{8}"), whole(0), whole(1, 65535)
word, label, box = (
    text(1, 64),
    text(1, 64, r"[^A-Z\x00-\x1f]+"),
    lambda value: items(number(1), 4)(value) and len(value) == 4,
)
labels = items(label)
WITHHELD = "not-looked|label-not-looked-for|mismatch|gap|start|late|error"

verdict = Part(
    {"model": word, "labels": labels, "how": text(form="full|carried"), "image_crc": whole(0, 2**32 - 1)}, {}
)
detection = Part(
    {"label": label, "confidence": number(1), "box": box},
    {
        "by": whole(0, 255),
        "track": either(text(), nil, lambda value: type(value) is int),
        "zones": items(text(), 64),
        "parents": labels,
        "redacted": yes_or_no,
    },
)
cause = Part({"id": word, "kind": word}, {"label": either(nil, text())})
redaction = Part(
    {"policy": text(), "labels": labels, "boxes": items(box), "withheld": yes_or_no},
    {"reason": either(nil, text(form=WITHHELD))},
)
hop = Part({"service": word, "instance": text(), "in_ns": at, "out_ns": at}, {})
who = {"camera": camera}

TYPES = {
    "frame": Part(
        {**who, "boot": boot, "seq": at, "captured_at": at, "width": side, "height": side, "image": data(2 << 20)},
        {
            "image_by": text(form="framebus|foreign"),
            "still": yes_or_no,
            "verdicts": either(nil, items(verdict, 64)),
            "detections": items(detection),
            "events": items(cause, 64),
            "redaction": either(nil, redaction),
            "hops": items(hop, 16),
            "tags": names(word, text(), 16),
        },
    ),
    "end": Part({**who, "boot": boot, "last_seq": whole(-1)}, {"reason": text()}),
    "event": Part(
        {**who, "id": word, "kind": word, "at": at},
        {
            "frame_id": either(nil, text()),
            "labels": labels,
            "counts": names(label, at, 1000),
            "text": text(),
            "data": lambda value: type(value) is dict and free(value),
        },
    ),
    "status": Part(
        {**who, "state": word, "since": at},
        {
            **dict.fromkeys(("error", "source", "host"), either(nil, text())),
            **dict.fromkeys(("width", "height"), either(nil, side)),
            "fps": either(nil, number(10_000)),
            "paused": items(text(form="alerts|detection"), 2),
        },
    ),
    "producer": Part(
        {**dict.fromkeys(("host", "instance", "version"), text()), "cameras": items(camera), "seen_at": at}, {}
    ),
    "trigger": Part(
        {**who, "id": word, "action": text(form="snapshot|burst|mark|pause|resume"), "at": at},
        {"params": lambda value: type(value) is dict and free(value)},
    ),
    "segment": Part(
        {
            **who,
            "boot": boot,
            "seq": at,
            "start_at": at,
            "duration_ns": at,
            "codec": word,
            "key": yes_or_no,
            "data": data(1 << 20),
        },
        {"container": text(form="mpegts")},
    ),
    "recording": Part(
        {
            **who,
            "id": word,
            "kind": word,
            "path": text(),
            "url": either(nil, text()),
            **dict.fromkeys(("start_at", "end_at", "frames", "bytes"), at),
            "sha256": text(form="[0-9a-f]{64}"),
        },
        {"reason": text()},
    ),
    "notice": Part(
        {
            **who,
            **dict.fromkeys(("id", "event", "channel", "rule", "kind"), word),
            **dict.fromkeys(("at", "noticed_at"), at),
            "state": text(form="waiting|claimed|gathered|sent|refused|expired"),
        },
        {
            **dict.fromkeys(("label", "frame_id", "by", "life", "error", "handle"), either(nil, text())),
            "labels": names(label, either(nil, number(1)), 64),
            "counts": names(label, at, 64),
            "zones": items(text(), 64),
            "text": text(),
            "data": lambda value: type(value) is dict and free(value),
            **dict.fromkeys(("meanwhile", "attempts", "due_at"), at),
            "sent_at": either(nil, at),
            "updates": either(nil, word),
            "members": items(word),
        },
    ),
}


def message(value: bytes | None, key: bytes | None) -> Wire | str:
    """The message in a record, as a map; or the reason for which it is refused."""
    wire = _unpacked(value)
    if wire is None or type(wire.get("v")) is not int:
        return "bad-message"
    if wire["v"] != 1:
        return "unknown-version"
    kind = wire.get("type")
    if type(kind) is not str or kind not in TYPES:
        return "unknown-type"
    if not TYPES[kind]({name: each for name, each in wire.items() if name not in ("v", "type")}):
        return "bad-message"
    named = "id" if kind in ("recording", "notice") else "camera"
    return wire if key is None or key == str(wire.get(named, key.decode(errors="replace"))).encode() else "wrong-key"


def _unpacked(value: bytes | None) -> Wire | None:
    """A map within the bounds that hold everywhere; None for all else."""
    if value is None or len(value) > MOST_BYTES:
        return None
    try:
        wire = msgspec.msgpack.decode(value)
    except (ValueError, RecursionError, TypeError):
        return None
    return wire if type(wire) is dict and _is_bounded(wire) else None


def _is_bounded(wire: Wire) -> bool:
    """Types, lengths, and what all lists and maps hold together; ext types and timestamps are no type of a message."""
    waiting: list[Any] = [wire]
    held = 0
    while waiting:
        value = waiting.pop()
        if not _fits(value):
            return False
        if type(value) is dict:
            waiting += [*value, *value.values()]
        elif type(value) is list:
            waiting += value
        held += len(value) if type(value) in (dict, list) else 0
    return held <= MOST_VALUES


def _fits(value: Any) -> bool:
    if type(value) is dict:
        return len(value) <= MOST_NAMES and all(type(name) is str for name in value)
    if type(value) is list:
        return len(value) <= MOST_ITEMS
    if type(value) is str:
        return len(value.encode()) <= MOST_TEXT
    return value is None or type(value) in (bool, int, float, bytes)
