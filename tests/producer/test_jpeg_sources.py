"""Cameras that send JPEGs: each is passed on as it came, or left out and counted; one is never in another's way."""

from collections import Counter

import numpy as np

from libs.common import images
from libs.common.messages import Frame
from libs.common.testing import FakeClock, picture
from services.producer.pictures.turning import clockwise
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.common.jpeg_tools import exif, frame_header, segment
from tests.producer.scripted import FakeWait, Openings

JPEG = images.encode(picture(64, 48), 70)
CANARY = b"canary"


def played(plan: Plan, *jpegs: bytes) -> tuple[list[Frame], Counter[str]]:
    """The frames that come of a camera with these pictures, and why the others were left out."""
    wait, dropped = FakeWait(FakeClock()), Counter[str]()
    opener = Openings(wait, [(at / 10, jpeg) for at, jpeg in enumerate(jpegs)])
    made = produce(plan, wait.clock, wait, lambda reason: dropped.update([reason]), opener)
    return [message for message in made if isinstance(message, Frame)], dropped


def test_jpegs_are_passed_on_without_their_metadata() -> None:
    """Byte for byte what the camera coded, as a picture that somebody else coded."""
    from_camera = JPEG[:2] + segment(0xE1, CANARY) + JPEG[2:] + CANARY
    frames, dropped = played(Plan(url="rtsp://camera/", camera="porch"), from_camera, JPEG)
    assert [(frame.image, frame.image_by) for frame in frames] == [(JPEG, "foreign")] * 2
    assert not dropped


def test_bad_pictures_are_counted_and_the_next_one_comes() -> None:
    """Their numbers are missing, so that everybody can count the gap."""
    bad = (JPEG[:300], b"", b"<html>", frame_header(65535, 65535), JPEG[:-2])
    frames, dropped = played(Plan(url="rtsp://camera/", camera="porch"), JPEG, *bad, JPEG)
    assert [frame.seq for frame in frames] == [0, 6]
    assert dropped == {"bad-picture": 4, "picture-too-large": 1}


def test_pictures_with_too_many_bytes_are_counted() -> None:
    """Noise of 12 million pixels, at the best quality and at half of it."""
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), np.uint8)
    frames, dropped = played(Plan(url="rtsp://camera/", camera="porch", quality=100), images.encode(noise, 100), JPEG)
    assert [frame.seq for frame in frames] == [1]
    assert dropped == {"too-large": 1}


def test_a_turned_jpeg_is_ours() -> None:
    """By its EXIF and by the plan: the size is that of the turned one."""
    sideways = JPEG[:2] + exif("<", (0x0112, 3, 1, 6)) + JPEG[2:]
    frames, _ = played(Plan(url="rtsp://camera/", camera="porch"), sideways)
    assert [(frame.width, frame.height, frame.image_by) for frame in frames] == [(48, 64, "framebus")]
    frames, _ = played(Plan(url="rtsp://camera/", camera="porch", turning=clockwise(270)), sideways)
    assert [(frame.image, frame.image_by) for frame in frames] == [(JPEG, "foreign")]
