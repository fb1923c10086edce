"""What is taken out of a JPEG, and that its pixels stay what they are."""

import random
import re
import time

import cv2
import numpy as np
import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.jpeg_clean import clean
from libs.common.jpeg_header import MAX_SEGMENTS
from libs.common.testing import picture
from tests.common.jpeg_tools import FRAME_AT, PLAIN, SCAN_AT, after_start, exif, frame_header, segment

CANARY = b"canary: 48.1374N 11.5755E"
THUMBNAIL = images.encode(np.full((16, 16, 3), 77, np.uint8))
IPTC = b"Photoshop 3.0\0" + CANARY


def written(*options: int) -> bytes:
    """A picture as libjpeg writes it with these options of OpenCV."""
    done, jpeg = cv2.imencode(".jpg", picture(163, 121), list(options))
    assert done
    return jpeg.tobytes()


FORMS = {
    "ours": PLAIN,
    "progressive": written(cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "own-tables": written(cv2.IMWRITE_JPEG_OPTIMIZE, 1),
    "restarts": written(cv2.IMWRITE_JPEG_RST_INTERVAL, 3),
    "4:4:4": written(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    "4:2:2": written(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
    "grey": cv2.imencode(".jpg", picture(163, 121)[:, :, 0])[1].tobytes(),
    "no-tables": PLAIN[: PLAIN.index(b"\xff\xc4")] + PLAIN[SCAN_AT:],
    "no-jfif": PLAIN[:2] + PLAIN[20:],
    "rgb": PLAIN[:2] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + PLAIN[20:],
    "adobe-ycc": PLAIN[:2] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\1") + PLAIN[20:],
    "filled-restarts": re.sub(
        rb"(\xff[\xd0-\xd7])", lambda found: b"\xff\xff" + found[1], written(cv2.IMWRITE_JPEG_RST_INTERVAL, 3)
    ),
    "filled-up": PLAIN[:FRAME_AT] + b"\xff\xff\xff" + PLAIN[FRAME_AT:],
}
PLANTED = {
    "exif": segment(0xE1, exif("<", (0x0112, 3, 1, 6))[4:] + CANARY),
    "gps": segment(0xE1, b"Exif\0\0II*\0" + CANARY),
    "xmp": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY),
    "comment": segment(0xFE, CANARY),
    "iptc": segment(0xED, IPTC),
    "icc": segment(0xE2, b"ICC_PROFILE\0\1\1" + CANARY),
    "pictures": segment(0xE2, b"MPF\0" + CANARY),
    "thumbnail": segment(0xE1, b"Exif\0\0" + THUMBNAIL + CANARY),
    "jfif": segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\x03\x03" + CANARY),
    "jfxx": segment(0xE0, b"JFXX\0\x10" + THUMBNAIL + CANARY),
    "webcam": segment(0xE0, b"AVI1\0" + CANARY),
    "adobe": segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + CANARY),
    "unknown": b"".join(segment(kind, CANARY) for kind in range(0xE3, 0xEE)),
    "height": segment(0xDC, b"\0\xf0"),
}


def decoded(jpeg: bytes) -> images.Image:
    """Every pixel, as stored; raises PermanentError where libjpeg-turbo complains of anything."""
    return images.decode(jpeg)


def reason(jpeg: bytes) -> str:
    """Why it is refused."""
    with pytest.raises(PermanentError) as refused:
        clean(jpeg)
    return refused.value.reason


@pytest.mark.parametrize("jpeg", FORMS.values(), ids=FORMS)
def test_the_pixels_stay_what_they_are(jpeg: bytes) -> None:
    """And the coding: what comes after the scan's header is the same to the byte."""
    cleaned, info = clean(jpeg)
    assert (decoded(cleaned) == decoded(jpeg)).all()
    assert (info.height, info.width) == decoded(cleaned).shape[:2]
    assert cleaned.partition(b"\xff\xda")[2] == jpeg.partition(b"\xff\xda")[2]


def test_a_plain_picture_is_given_back() -> None:
    """Nobody copies it."""
    assert clean(PLAIN)[0] is PLAIN


@pytest.mark.parametrize("form", ["ours", "progressive", "restarts", "grey"])
@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_metadata_is_taken_out(planted: bytes, form: str) -> None:
    """In front of the picture, before its scan, behind it and after its end; no word of it is left."""
    jpeg = FORMS[form]
    scan_at = jpeg.index(b"\xff\xda")
    full = jpeg[:2] + planted + jpeg[2:scan_at] + planted + jpeg[scan_at:-2] + planted + b"\xff\xd9" + planted
    cleaned, _ = clean(full)
    assert b"canary" not in cleaned
    assert THUMBNAIL not in cleaned
    assert (decoded(cleaned) == decoded(jpeg)).all()
    assert clean(cleaned)[0] == cleaned


@pytest.mark.parametrize("trailer", [b"\0" * 64, CANARY, PLAIN, b"\xff", b"\xff\xd9" + CANARY + b"\xff\xd9"])
def test_nothing_after_the_end_is_left(trailer: bytes) -> None:
    """Second pictures, videos, padding."""
    assert clean(PLAIN + trailer)[0] == PLAIN


def test_the_orientation_is_told_and_taken_out() -> None:
    """Who passes the picture on has to turn it."""
    cleaned, info = clean(after_start(exif(">", (0x0112, 3, 1, 6))))
    assert info.orientation == 6
    assert clean(cleaned)[1].orientation == 1


def test_an_orientation_is_looked_for_among_the_first_tags() -> None:
    """A camera writes thirty; a megabyte of them would keep every reader busy."""
    other = [(1, 3, 1, 0)] * 5000
    turned = (0x0112, 3, 1, 6)
    assert clean(after_start(exif("<", *other[:100], turned)))[1].orientation == 6
    assert clean(after_start(exif("<", *other, turned)))[1].orientation == 1


def test_missing_tables_are_put_in_once() -> None:
    """A webcam's picture becomes one that every browser knows, and stays it."""
    cleaned, _ = clean(FORMS["no-tables"])
    assert cleaned.count(b"\xff\xc4") == 4
    assert clean(cleaned)[0] == cleaned


REFUSED = {
    "empty": b"",
    "cut": PLAIN[:-2],
    "half": PLAIN[: len(PLAIN) // 2],
    "html": b"<html>",
    "noise-between": PLAIN[:20] + CANARY + PLAIN[20:],
    "two-starts": after_start(b"\xff\xd8"),
    "restart-outside": after_start(b"\xff\xd0\0\4aa"),
    "unheard-of": after_start(segment(0xC8, CANARY)),
    "reserved": after_start(segment(0x02, CANARY)),
    "jpeg-ls": after_start(segment(0xF8, CANARY)),
    "12-bit": frame_header(320, 240, bits=12, marker=0xC1),
    "lossless": frame_header(320, 240, marker=0xC3),
    "arithmetic": frame_header(320, 240, marker=0xC9),
    "cmyk": frame_header(320, 240, components=4),
    "segments": after_start(segment(0xFE, b"") * MAX_SEGMENTS),
}


@pytest.mark.parametrize("jpeg", REFUSED.values(), ids=REFUSED)
def test_what_is_no_whole_picture_is_refused(jpeg: bytes) -> None:
    """Cut off, of a kind that is not decoded here, or with what decoders read differently."""
    assert reason(jpeg) == "bad-picture"


def test_a_bomb_is_refused() -> None:
    """By what its header says."""
    assert reason(after_start(segment(0xFE, b"a")).replace(b"\x00\xf0\x01\x40", b"\xff\xff\xff\xff", 1)) == (
        "picture-too-large"
    )


@pytest.mark.alone
@pytest.mark.parametrize(
    "filling", [b"\xff", b"\xff\xff\0", b"\xff\xd0", b"\xff\xff\xd0", b"\xff\xc4\0\2", b"\xff\xfe\0\2"]
)
def test_more_bytes_take_no_more_than_their_share_of_time(filling: bytes) -> None:
    """Eight times as many take about eight times as long, not sixty-four times."""

    def took_s(count: int) -> float:
        endless = after_start(segment(0xFE, b""))[:-2] + filling * (count // len(filling))
        began_s = time.process_time()
        assert reason(endless) == "bad-picture"
        return time.process_time() - began_s

    few_s, many_s = (min(took_s(count) for _ in range(3)) for count in (1 << 18, 1 << 21))
    assert many_s < 32 * max(few_s, 0.001)


def test_what_any_bytes_become_is_decoded_as_before() -> None:
    """Damage of every kind: refused, or the same pixels, or as undecodable as it was; never a word of metadata."""
    dice = random.Random(20260101)
    sources = [*FORMS.values(), after_start(b"".join(PLANTED.values()))]
    same = 0
    for _ in range(3000):
        jpeg = damaged(dice, bytearray(dice.choice(sources)))
        try:
            before = decoded(jpeg)
        except PermanentError:
            before = None
        try:
            cleaned, _ = clean(jpeg)
        except PermanentError:
            continue
        assert clean(cleaned)[0] == cleaned
        if before is not None:
            same += 1
            assert (decoded(cleaned) == before).all()
    assert same > 200


def damaged(dice: random.Random, jpeg: bytearray) -> bytes:
    """A few bytes of its head or of all of it changed, cut out, doubled or put in."""
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(min(len(jpeg), dice.choice([700, len(jpeg)])))
        match dice.randrange(4):
            case 0:
                jpeg[at] = dice.choice([0, 0xFF, 0xD8, 0xD9, 0xDA, dice.randrange(256)])
            case 1:
                del jpeg[at : at + dice.randint(1, 20)]
            case 2:
                jpeg[at:at] = jpeg[at : at + dice.randint(1, 40)]
            case _:
                jpeg[at:at] = dice.choice(list(PLANTED.values()))
    return bytes(jpeg)
