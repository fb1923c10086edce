"""What is read of a JPEG before it is decoded, on pictures made to deceive."""

import pytest

from libs.common.errors import PermanentError
from libs.common.jpeg_header import MAX_SCANS, read_header
from tests.common.jpeg_tools import FRAME_AT, PLAIN, SCAN_AT, after_start, exif, frame_header, segment


def reason(jpeg: bytes) -> str:
    """Why the header is refused."""
    with pytest.raises(PermanentError) as refused:
        read_header(jpeg)
    return refused.value.reason


NOT_PLAIN = {
    "com": after_start(segment(0xFE, b"a comment")),
    "com-late": PLAIN[:SCAN_AT] + segment(0xFE, b"a comment") + PLAIN[SCAN_AT:],
    "com-behind": PLAIN[:-2] + segment(0xFE, b"behind the scan") + PLAIN[-2:],
    "xmp": after_start(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")),
    "mpf": after_start(segment(0xE2, b"MPF\0")),
    "app13": after_start(segment(0xED, b"Photoshop 3.0\0")),
    "second-scan": PLAIN[:-2] + PLAIN[SCAN_AT:],
    "trailer": PLAIN + b"trailer",
    "zero": PLAIN + b"\0",
    "second-picture": PLAIN + PLAIN,
    "exif": after_start(exif("<", (0x0112, 3, 1, 6))),
    "thumbnail": PLAIN[:4] + b"\x00\x13" + PLAIN[6:18] + b"\x01\x01" + b"\1\2\3" + PLAIN[20:],
    "fill": PLAIN[:FRAME_AT] + b"\xff" + PLAIN[FRAME_AT:],
}

REFUSED = {
    "empty": b"",
    "byte": b"\xff",
    "start": b"\xff\xd8",
    "nothing": b"\xff\xd8\xff\xd9",
    "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "gif": b"GIF89a" + bytes(100),
    "no-end": PLAIN[:-2],
    "half-end": PLAIN[:-1],
    "no-scan": PLAIN[:SCAN_AT] + b"\xff\xd9",
    "no-frame": PLAIN[:FRAME_AT] + PLAIN[FRAME_AT + 19 :],
    "two-frames": after_start(PLAIN[FRAME_AT : FRAME_AT + 19]),
    "two-starts": after_start(b"\xff\xd8"),
    "size-0": after_start(b"\xff\xe1\x00\x00"),
    "size-beyond": after_start(b"\xff\xe1\xff\xff"),
    "width-0": frame_header(0, 240),
    "height-0": frame_header(320, 0),
    "cmyk": frame_header(320, 240, components=4),
    "two-colours": frame_header(320, 240, components=2),
    "no-colour": frame_header(320, 240, components=0),
    "12-bit": frame_header(320, 240, bits=12, marker=0xC1),
    "lossless": frame_header(320, 240, marker=0xC3),
    "arithmetic": frame_header(320, 240, marker=0xC9),
    "scans": PLAIN[:-2] + PLAIN[SCAN_AT : SCAN_AT + 14] * MAX_SCANS + PLAIN[-2:],
}


def test_our_own_picture_is_plain() -> None:
    """Size, components and plainness are told."""
    info = read_header(PLAIN)
    assert (info.width, info.height, info.components, info.orientation, info.plain) == (320, 240, 3, 1, True)


def test_a_restart_interval_and_restart_markers_leave_a_picture_plain() -> None:
    """DRI and RSTn are part of the coding, they carry nothing."""
    with_interval = PLAIN[:SCAN_AT] + segment(0xDD, b"\0\x14") + PLAIN[SCAN_AT:]
    assert read_header(with_interval[:-2] + b"\xff\xd0\x12\xff\xd7" + with_interval[-2:]).plain


@pytest.mark.parametrize("jpeg", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_whatever_we_would_not_write_is_not_plain(jpeg: bytes) -> None:
    """Metadata, second scans and pictures, trailers: readable, but the bytes may not be copied."""
    assert not read_header(jpeg).plain
    assert (read_header(jpeg).width, read_header(jpeg).height) == (320, 240)


@pytest.mark.parametrize("jpeg", REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_picture_of_our_kind_is_refused(jpeg: bytes) -> None:
    """Nothing of it is decoded."""
    assert reason(jpeg) == "bad-picture"


def test_a_picture_cut_anywhere_is_refused() -> None:
    """Without its end there is no picture, wherever it was cut."""
    assert {reason(PLAIN[:cut]) for cut in [*range(700), *range(700, len(PLAIN), 97)]} == {"bad-picture"}


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """65535 x 65535 pixels would take 12 GB; the limit holds for plain and for other pictures."""
    assert reason(frame_header(65535, 65535)) == "picture-too-large"
    plain_bomb = PLAIN[: FRAME_AT + 5] + b"\xff\xff\xff\xff" + PLAIN[FRAME_AT + 9 :]
    assert reason(plain_bomb) == "picture-too-large"
    assert read_header(frame_header(8000, 4000)).width == 8000
    assert reason(frame_header(8001, 4000)) == "picture-too-large"


@pytest.mark.parametrize("order", ["<", ">"], ids=["intel", "motorola"])
@pytest.mark.parametrize("value", range(1, 9))
def test_the_exif_orientation_is_read(order: str, value: int) -> None:
    """In both byte orders, behind other tags."""
    assert read_header(after_start(exif(order, (0x0100, 3, 1, 320), (0x0112, 3, 1, value)))).orientation == value


@pytest.mark.parametrize(
    "entries", [(), ((0x0112, 3, 1, 0),), ((0x0112, 3, 1, 9),), ((0x0112, 4, 1, 6),), ((0x0112, 3, 2, 6),)]
)
def test_an_orientation_without_sense_is_upright(entries: tuple[tuple[int, int, int, int], ...]) -> None:
    """Out of range, of another type, or not there."""
    assert read_header(after_start(exif(">", *entries))).orientation == 1


def test_a_broken_exif_block_is_ignored() -> None:
    """Cut off or pointing outside: the picture stands upright."""
    whole = exif("<", (0x0112, 3, 1, 6))[4:]
    far = whole[:10] + b"\xff\xff\xff\xff" + whole[14:]
    many = whole[:14] + b"\xff\xff" + bytes(12)
    assert {read_header(after_start(segment(0xE1, body))).orientation for body in (whole[:20], far, many)} == {1}
