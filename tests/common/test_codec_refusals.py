"""What the codec refuses: by name, with a reason, without showing a value."""

import math
import traceback
from typing import Any

import msgpack
import pytest

from libs.common import codec
from libs.common.messages import Frame
from tests.common.codec_tools import BAD_BYTES, CANARY, changed, refusal, refusal_or_none, wire_of


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
    "image": [b"", CANARY, "QUJD", None, bytes((2 << 20) + 1), []],
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
            if (error := refusal_or_none(changed(path, value))) is not None:
                shown = "".join(traceback.format_exception(error, limit=0))
                assert CANARY not in shown


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
