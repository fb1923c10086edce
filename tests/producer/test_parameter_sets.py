"""What a decoder needs stands in front of every key picture."""

import pytest

from services.producer.segments.parameter_sets import ParameterSets

START = b"\0\0\0\1"
AUD, SPS, PPS, IDR = START + b"\x09\xf0", START + b"\x67old", START + b"\x68pps", START + b"\x65picture"
NEW_SPS = START + b"\x67new"
HEVC = {
    "aud": START + b"\x46\x01",
    "vps": START + b"\x40\x01v",
    "sps": START + b"\x42\x01s",
    "idr": START + b"\x26\x01i",
}


def kinds(picture: bytes, hevc: bool = False) -> list[int]:
    """Of its NAL units, in order."""
    units = list(picture.split(b"\0\0\1")[1:])
    return [unit[0] >> 1 & 63 if hevc else unit[0] & 31 for unit in units]


def test_those_of_the_announcement_go_in_front() -> None:
    """Behind the delimiter, which must come first."""
    sets = ParameterSets("h264", SPS + PPS)
    assert kinds(sets.in_front(IDR) or b"") == [7, 8, 5]
    assert kinds(sets.in_front(AUD + IDR) or b"") == [9, 7, 8, 5]


def test_a_picture_that_has_its_own_is_left_alone() -> None:
    """Byte for byte."""
    sets = ParameterSets("h264", SPS + PPS)
    assert sets.in_front(AUD + NEW_SPS + PPS + IDR) == AUD + NEW_SPS + PPS + IDR


def test_the_newest_count_whatever_was_announced() -> None:
    """A camera may change its picture's size and say so once."""
    sets = ParameterSets("h264", SPS + PPS)
    sets.in_front(NEW_SPS + PPS + IDR)
    found = sets.in_front(IDR) or b""
    assert b"new" in found
    assert b"old" not in found
    assert kinds(found) == [7, 8, 5]


def test_without_any_a_key_picture_is_none() -> None:
    """Nobody could decode it."""
    assert ParameterSets("h264", b"").in_front(IDR) is None


def test_hevc_has_three_kinds() -> None:
    """The same way."""
    sets = ParameterSets("hevc", HEVC["vps"] + HEVC["sps"])
    assert kinds(sets.in_front(HEVC["aud"] + HEVC["idr"]) or b"", hevc=True) == [35, 32, 33, 19]


@pytest.mark.parametrize("picture", [b"", b"\0", START, START + b"\x67", b"noise" * 99, b"\0\0\1" * 50_000])
def test_garbage_is_no_reason_to_fail(picture: bytes) -> None:
    """Whatever a camera calls a key picture."""
    ParameterSets("h264", SPS + PPS).in_front(picture)
    ParameterSets("hevc", b"").in_front(picture)


def test_mpeg_2_and_4_repeat_their_header() -> None:
    """Where the picture does not begin with one."""
    sets = ParameterSets("mpeg4", b"\0\0\1\xb0head")
    assert sets.in_front(b"\0\0\1\xb6picture") == b"\0\0\1\xb0head\0\0\1\xb6picture"
    assert sets.in_front(b"\0\0\1\xb0own\0\0\1\xb6picture") == b"\0\0\1\xb0own\0\0\1\xb6picture"
    assert ParameterSets("mpeg4", b"").in_front(b"\0\0\1\xb6picture") is None
