"""What became of every record of a topic: passed on, dead letter for a reason, or left out as a repeat. Was it right?

The rule for a damaged picture in a good message. Its fate is that of its bytes, read by libjpeg itself: what libjpeg
cannot read to the end is `bad-picture` or leaves black; what it can may be refused too (metadata that lies, a missing
end), or it is still a picture, and is looked at and covered as one. The bytes that came in leave only if framebus may
have written them (no segment but its own), `image_by` says so, and nothing in them had to be covered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import simplejpeg

from libs.common import codec, images
from libs.common.bus import Record
from libs.common.messages import Frame
from tests.faults.oracle import Wire, message

PASSES = "passes"
BLACK = 24
COVERED = "moving"
MOST_PIXELS = 32_000_000
NAMES = ("type", "camera", "boot", "seq")
OTHER_NAMES = (*NAMES, "id", "at", "last_seq", "seen_at")
Identity = tuple[str, ...]


def identity(wire: Wire) -> Identity:
    """What tells a message from all others of its topic."""
    names = NAMES if wire["type"] == "frame" else OTHER_NAMES
    return tuple(str(wire.get(name)) for name in names)


def header(record: Record, name: str) -> str:
    return dict(record.headers)[name].decode()


def letters_of(dead: Iterable[Record]) -> dict[int, Record]:
    """Dead letters by the offset that their source had."""
    return {int(header(record, "offset")): record for record in dead}


def fates(service: str, wire: Wire) -> set[str]:
    """What may become of a message that is one."""
    if wire["type"] != "frame":
        return {PASSES} if service == "detector" or wire["type"] == "end" else {"wrong-type"}
    size = _size(wire["image"])
    if size is None:
        return {"bad-picture"}
    if size[0] * size[1] > MOST_PIXELS or max(size) > 65_500:
        return {"picture-too-large", "bad-picture"}
    if service == "redactor":
        return {PASSES, "bad-picture"}
    if size != (wire["width"], wire["height"]):
        return {"size-mismatch", "bad-picture"}
    return {PASSES, "bad-picture"} if is_whole(wire["image"]) else {"bad-picture"}


def _size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height as its frame header says, None without one."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and jpeg[at : at + 1] == b"\xff" and at + 9 <= len(jpeg):
        kind = jpeg[at + 1]
        if kind in (0xC0, 0xC1, 0xC2):
            return int.from_bytes(jpeg[at + 7 : at + 9], "big"), int.from_bytes(jpeg[at + 5 : at + 7], "big")
        at += 1 if kind == 0xFF else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return None


def is_whole(jpeg: bytes) -> bool:
    """libjpeg reads it to its end without a complaint."""
    try:
        simplejpeg.decode_jpeg(jpeg, "BGR", strict=True)
    except ValueError:
        return False
    return True


@dataclass
class Judge:
    """Knows the inputs of one service, its dead letters and its outputs; `wrong` is empty if all is right."""

    service: str
    inputs: Sequence[Record]
    dead: Mapping[int, Record]
    outs: Mapping[Identity, Wire]
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    _highest: dict[tuple[str, str], int] = field(default_factory=dict)

    def run(self) -> "Judge":
        for record in self.inputs:
            found = message(record.value, record.key)
            repeat = isinstance(found, dict) and self._is_repeat(found)
            fate = self._fate(record, found)
            right = {"repeat", PASSES} if repeat else self._allowed(found)
            if repeat and fate == "lost":
                fate = "repeat"
            if fate not in right:
                self.wrong.append(f"{self.service} {record.offset}: {fate}, not {sorted(right)}")
            if isinstance(found, dict) and fate == PASSES:
                self._note(found)
            self.counts[fate] = self.counts.get(fate, 0) + 1
        return self

    def _allowed(self, found: Wire | str) -> set[str]:
        return {found} if isinstance(found, str) else fates(self.service, found)

    def _fate(self, record: Record, found: Wire | str) -> str:
        letter = self.dead.get(record.offset)
        if letter is not None:
            if (letter.value or b"") != (record.value or b"") and "sha256" not in dict(letter.headers):
                self.wrong.append(f"{self.service} {record.offset}: its dead letter says something else")
            return header(letter, "reason")
        return PASSES if isinstance(found, dict) and identity(found) in self.outs else "lost"

    def _is_repeat(self, wire: Wire) -> bool:
        numbered = wire["type"] in ("frame", "end")
        return numbered and _number(wire) <= self._highest.get((wire["camera"], wire["boot"]), -1)

    def _note(self, wire: Wire) -> None:
        if wire["type"] in ("frame", "end"):
            at = (wire["camera"], wire["boot"])
            self._highest[at] = max(self._highest.get(at, -1), _number(wire))

    @property
    def undecided(self) -> bool:
        """True while something is neither here nor there."""
        return "lost" in self.counts


def _number(wire: Wire) -> int:
    return int(wire["seq"]) if wire["type"] == "frame" else 2**63


def outs_of(records: Iterable[Record]) -> dict[Identity, Wire]:
    """Messages by who they are; the first one wins. What is no message is not the output of any service."""
    found: dict[Identity, Wire] = {}
    for record in records:
        wire = message(record.value, record.key)
        if isinstance(wire, dict):
            found.setdefault(identity(wire), wire)
    return found


def check_safe(sources: Mapping[Identity, Wire], published: Iterable[Record]) -> int:
    """Nothing that had to be covered is seen in what was published; how many pictures were shown."""
    shown = 0
    for record in published:
        frame = codec.decode(record.value or b"")
        if isinstance(frame, Frame):
            source = sources["frame", frame.camera, frame.boot, str(frame.seq)]
            shown += _check_picture(source, frame)
    return shown


def _check_picture(source: Wire, frame: Frame) -> bool:
    assert frame.redaction is not None
    image = images.decode(frame.image)
    if frame.redaction.withheld:
        assert image.max() <= BLACK, frame.frame_id
        return False
    boxes = [found["box"] for found in source.get("detections", ()) if _is_covered(found)]
    for box in boxes:
        (x0, x1), (y0, y1) = sorted(box[0::2]), sorted(box[1::2])
        part = image[int(y0 * frame.height) : int(y1 * frame.height), int(x0 * frame.width) : int(x1 * frame.width)]
        assert not part.size or part.max() <= BLACK, frame.frame_id
    assert images.read_header(frame.image).plain
    if frame.image == source["image"]:
        assert not boxes, frame.frame_id
        assert source.get("image_by") == "framebus"
    return True


def _is_covered(found: Mapping[str, Any]) -> bool:
    return found["label"] == COVERED or COVERED in found.get("parents", ())
