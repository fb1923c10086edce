"""Cutting JPEG pictures out of bytes: by their own segments, each byte looked at once."""

import random
import timeit

import pytest

from services.producer.sources import jpeg_cutter
from services.producer.sources.jpeg_cutter import JpegCutter, TooMuchError
from tests.producer.http_shots import JPEGS

THUMBNAIL = b"\xff\xe1" + (len(JPEGS[7]) + 8).to_bytes(2, "big") + b"Exif\0\0" + JPEGS[7]
WITH_THUMBNAIL = JPEGS[0][:2] + THUMBNAIL + JPEGS[0][2:]
FILLED = JPEGS[1][:2] + b"\xff\xff\xff" + JPEGS[1][2:]
SCANS = JPEGS[2][:-2] + JPEGS[2][JPEGS[2].index(b"\xff\xda") :]


def cut(data: bytes, size: int) -> list[bytes]:
    """All pictures in it, given in pieces of that size."""
    cutter = JpegCutter()
    return [jpeg for at in range(0, len(data), size) for jpeg in cutter.feed(data[at : at + size])]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 4096, 1 << 20])
@pytest.mark.parametrize("between", [b"", b"\r\n--x\r\n\r\n", b"\xff", b"\xff\xd8", b"\xff\xd9\xff\xd9", bytes(5000)])
def test_pictures_are_the_same_in_pieces_of_any_size(size: int, between: bytes) -> None:
    """With thumbnails, fill bytes and several scans in them, whatever stands between."""
    whole = [WITH_THUMBNAIL, FILLED, SCANS, JPEGS[3]]
    assert cut(between.join([b"", *whole, b""]), size) == whole


def test_whatever_comes_before_a_whole_picture_is_found_after_it() -> None:
    """500 times rubbish by chance, of bytes that matter to a JPEG."""
    chance = random.Random(6)
    for _ in range(500):
        rubbish = bytes(chance.choices(b"\xff\xd8\xd9\xda\xe0\x00\x02x", k=chance.randrange(60)))
        found = cut(rubbish + bytes(1 << 17) + JPEGS[0] * 2, 1000)
        assert found[-1] == JPEGS[0]


MANY = {
    "fill bytes": b"\xff\xd8" + b"\xff" * 4_000_000,
    "escaped bytes": JPEGS[0][:-2] + b"\xff\x00" * 2_000_000,
    "neither": b"x" * 4_000_000,
}
BROKEN = {
    "beginnings": b"\xff\xd8\xff",
    "broken headers": b"\xff\xd8\xff\xe0\x00\x00",
    "empty segments": b"\xff\xd8\xff" + b"\xe0\x00\x02\xff" * 1000,
    "scans that break off": JPEGS[0][:-2],
}


@pytest.mark.alone
@pytest.mark.parametrize("kind", MANY)
def test_hostile_bytes_cost_no_more_for_being_many(kind: str) -> None:
    """Four times as many, in small pieces, cost less than twelve times as much."""
    data = MANY[kind]

    def seconds(part: bytes) -> float:
        return min(timeit.repeat(lambda: cut(part, 1400), number=1, repeat=3))

    assert seconds(data) < 12 * seconds(data[: len(data) // 4]) + 0.1


@pytest.mark.parametrize("kind", BROKEN)
def test_a_thousand_broken_pictures_in_a_row_are_too_much(kind: str) -> None:
    """They cost more than other bytes; so do a thousand segments."""
    cutter = JpegCutter()
    for _ in range(1000):
        assert list(cutter.feed(BROKEN[kind])) == []
    with pytest.raises(TooMuchError):
        list(cutter.feed(BROKEN[kind] * 5))


@pytest.mark.parametrize("more", [b"x" * 1000, b"\xff\x00" * 500, b"\xff" * 1000])
@pytest.mark.parametrize("start", [b"", JPEGS[0][:-2], b"\xff\xd8"])
def test_too_many_bytes_without_a_picture_are_too_much(
    start: bytes, more: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between pictures, in one, or in its header."""
    monkeypatch.setattr(jpeg_cutter, "MOST_BYTES", 100_000)
    cutter = JpegCutter()
    for _ in range(90):
        assert list(cutter.feed(start + more)) == []
        start = b""
    with pytest.raises(TooMuchError):
        list(cutter.feed(more * 20))


def test_pictures_make_room_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is between two of them."""
    monkeypatch.setattr(jpeg_cutter, "MOST_BYTES", 100_000)
    assert len(cut((bytes(50_000) + JPEGS[0]) * 10, 1000)) == 10
