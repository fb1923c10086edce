"""Every kind of poison there is, and what each service has to do about it.

`detector`: the reason of its dead letter, or "passes". `redactor`: likewise, or "shown", or "black: " and why.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import msgpack

from libs.common import images
from libs.common.messages import Frame, Message, Verdict, replace
from tests.common.codec_tools import BAD_BYTES
from tests.common.every_message import messages
from tests.faults.mutants import CANARY, good, packed, wire_of
from tests.faults.pictures import HALF, PICTURES, progressive

CAMERA = "cellar"
LIMIT_BYTES = 4 << 20
Headers = tuple[tuple[str, bytes], ...]
Wire = dict[str, Any]


@dataclass(frozen=True)
class Poison:
    """What becomes of a good frame before it is sent."""

    made: Callable[[Frame], bytes | None]
    detector: str
    redactor: str
    key: bytes | None = CAMERA.encode()
    headers: Headers = ()


def base(number: int, image: bytes | None = None, **fields: Any) -> Frame:
    """A good frame with a boot of its own, looked at, nothing found."""
    frame = replace(good(0, CAMERA, f"{number:08x}"), tags={"file": CANARY}, **fields)
    frame = frame if image is None else replace(frame, image=image)
    crc = images.image_crc(frame.image)
    return replace(frame, verdicts=(Verdict(model="motion", labels=("moving",), how="full", image_crc=crc),))


def _refused(made: Callable[[Frame], bytes | None], reason: str = "bad-message") -> Poison:
    return Poison(made, reason, reason)


def _constant(data: bytes) -> Callable[[Frame], bytes]:
    return lambda frame: data


def _with(**fields: Any) -> Callable[[Frame], bytes]:
    """The wire with fields that no class would let in."""
    return lambda frame: packed(wire_of(frame) | fields)


def _pictured(image: bytes, detector: str, redactor: str, **fields: Any) -> Poison:
    def made(frame: Frame) -> bytes:
        return packed(wire_of(base(int(frame.boot, 16), image, **fields)))

    return Poison(made, detector, redactor)


def _nested(levels: int) -> Any:
    inner: Any = None
    for _ in range(levels):
        inner = {"x": inner}
    return inner


def _detections(count: int) -> list[Wire]:
    return [{"label": "moving", "confidence": 0.5, "box": [n / 2000, 0.5, n / 2000 + 0.001, 0.6]} for n in range(count)]


def _box(*box: float, **fields: Any) -> Callable[[Frame], bytes]:
    return _with(detections=[{"label": "moving", "confidence": 0.5, "box": list(box)} | fields])


def _doubled(frame: Frame) -> bytes:
    """A map that names `seq` twice; the last one counts."""
    plain = packed(wire_of(frame))
    assert plain[0] == 0xDE
    return plain[:2] + bytes([plain[2] + 1]) + b"\xa3seq\xff" + plain[3:]


def _of(message: Message) -> Callable[[Frame], bytes]:
    return lambda frame: packed(wire_of(replace(message, camera=CAMERA) if hasattr(message, "camera") else message))


BYTES = {
    **{name: _refused(_constant(data)) for name, data in BAD_BYTES.items() if len(data) < LIMIT_BYTES},
    "null": _refused(lambda frame: None),
    "truncated": _refused(lambda frame: packed(wire_of(frame))[:-9]),
    "half a message": _refused(lambda frame: packed(wire_of(frame))[:3000]),
    "noise of 4 MiB": _refused(lambda frame: Random(1).randbytes(LIMIT_BYTES - 2048)),
    "zeros of 4 MiB": _refused(lambda frame: bytes(LIMIT_BYTES - 2048)),
    "a name twice": Poison(_doubled, "passes", "shown"),
    "17 levels": _refused(_with(unheard=_nested(17))),
    "500 levels": _refused(_with(unheard=_nested(500))),
    "ext": _refused(_with(unheard=msgpack.ExtType(5, CANARY.encode()))),
    "timestamp": _refused(_with(captured_at=msgpack.Timestamp(1, 0))),
    "ext in a list": _refused(_with(verdicts=[msgpack.ExtType(1, b"x")])),
}
VERSIONS = {
    **{f"v {v}": _refused(_with(v=v), "unknown-version") for v in (0, 2, -1, 2**63, -(2**63), 2**64 - 1)},
    **{f"v {v!r}": _refused(_with(v=v)) for v in ("1", 1.0, None, True, [1], CANARY)},
    **{f"type {kind!r}": _refused(_with(type=kind), "unknown-type") for kind in ("video", "", None, 5, CANARY)},
}
VALUES = {
    **{f"seq {n}": _refused(_with(seq=n)) for n in (-1, 2**63, 2**64 - 1, -(2**63), 1.5, "1")},
    **{f"captured_at {n}": _refused(_with(captured_at=n)) for n in (-1, 2**63, 2**64 - 1, "now")},
    "seq 2^63-1": Poison(_with(seq=2**63 - 1), "passes", "black: start"),
    "captured_at 2^63-1": Poison(_with(captured_at=2**63 - 1), "passes", "shown"),
    "captured_at 0": Poison(_with(captured_at=0), "passes", "shown"),
    **{
        f"camera {n!r}": _refused(_with(camera=n))
        for n in ("x" * 65, "käfig", "a/b", "../..", "", "a b", "a\n", CANARY + "!")
    },
    **{f"width {n}": _refused(_with(width=n)) for n in (0, -1, 2**16, 2**31, 2**64 - 1, 1.0, None)},
    **{f"height {n}": _refused(_with(height=n)) for n in (0, -240, 65536, 2**31)},
    "another width": Poison(_with(width=321), "size-mismatch", "black: mismatch"),
    "sides swapped": Poison(_with(width=240, height=320), "size-mismatch", "black: mismatch"),
    "image of 2 MiB and a byte": _refused(_with(image=bytes((2 << 20) + 1))),
    "image as base64": _refused(_with(image="QUJD")),
    "image_crc as text": _refused(_with(verdicts=[{"model": "m", "labels": [], "how": "full", "image_crc": "0"}])),
    "17 hops": _refused(_with(hops=[{"service": "a", "instance": "b", "in_ns": 1, "out_ns": 2}] * 17)),
    "17 tags": _refused(_with(tags={str(n): "" for n in range(17)})),
    "1000 detections": Poison(_with(detections=_detections(1000)), "passes", "shown"),
    "1001 detections": _refused(_with(detections=_detections(1001))),
    "a box outside": _refused(_box(0.5, 0.5, 1.5, 1.0)),
    "a box below 0": _refused(_box(-0.5, 0.5, 0.5, 1.0)),
    "a box of three": _refused(_box(0.5, 0.5, 1.0)),
    "a box of NaN": _refused(_box(0.5, 0.5, float("nan"), 1.0)),
    "a box inside out": Poison(_box(0.9, 0.9, 0.1, 0.1), "passes", "shown"),
    "a confidence of NaN": _refused(_box(0.1, 0.1, 0.9, 0.9, confidence=float("nan"))),
    "a confidence of 2": _refused(_box(0.1, 0.1, 0.9, 0.9, confidence=2)),
    "a detection of nobody": Poison(_box(0.1, 0.1, 0.9, 0.9, by=255), "passes", "shown"),
}
IMAGES = {
    **{f"picture: {name}": _pictured(*fates) for name, fates in PICTURES.items()},
    "picture: half, foreign": _pictured(HALF + b"\xff\xd9", "bad-picture", "black: error", image_by="foreign"),
}
LARGE = {
    "32 megapixels, progressive": (6400, 5000, "passes", "shown"),
    "33 megapixels, progressive": (6600, 5000, "picture-too-large", "picture-too-large"),
    "65000x490": (65000, 490, "passes", "shown"),
}
KEYS = {
    "no key": Poison(_with(), "passes", "shown", key=None),
    "an empty key": Poison(_with(), "wrong-key", "wrong-key", key=b""),
    "another camera's key": Poison(_with(), "wrong-key", "wrong-key", key=b"porch"),
    "a key of bytes": Poison(_with(), "wrong-key", "wrong-key", key=b"\xff\x00"),
    "a key of 1 MiB": Poison(_with(), "wrong-key", "wrong-key", key=bytes(1 << 20)),
    "200 headers": Poison(_with(), "passes", "shown", headers=tuple((f"h{n}", bytes(100)) for n in range(200))),
    "headers like ours": Poison(
        _with(), "passes", "shown", headers=(("reason", b"\xff"), ("offset", b"0"), ("error", CANARY.encode()))
    ),
    "a header of 1 MiB": Poison(_with(), "passes", "shown", headers=(("\n\0", bytes(1 << 20)),)),
}
OTHERS = {
    f"a message of type {name}": Poison(_of(message), "passes", "wrong-type", key=None)
    for name, message in messages().items()
    if "frame" not in name and name != "end"
}


def _large() -> Iterator[tuple[str, Poison]]:
    for name, (width, height, detector, redactor) in LARGE.items():
        yield name, _pictured(progressive(width, height), detector, redactor, width=width, height=height)


def catalogue() -> dict[str, Poison]:
    """All of it by name."""
    return {**BYTES, **VERSIONS, **VALUES, **IMAGES, **KEYS, **OTHERS, **dict(_large())}
