"""Pictures made to deceive, hurt or confuse whoever decodes them."""

import cv2
import numpy as np
import simplejpeg

from libs.common.testing import picture
from tests.common.jpeg_tools import PLAIN, after_start, exif, frame_header

IMAGE = picture()
SIDES = (320, 240)


def progressive(width: int, height: int) -> bytes:
    """Many scans over all of the picture; black is cheap to store and dear to decode."""
    image = IMAGE if (width, height) == SIDES else np.zeros((height, width, 3), np.uint8)
    return _coded(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])


def png() -> bytes:
    return _coded(".png", IMAGE, [])


def _coded(form: str, image: np.ndarray, options: list[int]) -> bytes:
    done, data = cv2.imencode(form, image, options)
    assert done
    return bytes(data.tobytes())


def cmyk() -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.zeros((240, 320, 4), np.uint8), 85, "CMYK", "444"))


def grey() -> bytes:
    return bytes(simplejpeg.encode_jpeg(IMAGE[:, :, :1].copy(), 85, "GRAY", "Gray"))


def rotated(orientation: int) -> bytes:
    """The camera was turned: who ignores it shows the picture on its side."""
    return after_start(exif("<", (0x0112, 3, 1, orientation)))


HALF = PLAIN[: len(PLAIN) // 2]
PICTURES: dict[str, tuple[bytes, str, str]] = {
    "no picture": (b"no picture", "bad-picture", "bad-picture"),
    "png": (png(), "bad-picture", "bad-picture"),
    "half": (HALF, "bad-picture", "bad-picture"),
    "half, closed": (HALF + b"\xff\xd9", "bad-picture", "shown"),
    "bomb of 65500x65500": (frame_header(65500, 65500), "picture-too-large", "picture-too-large"),
    "bomb of 65535x1": (frame_header(65535, 1), "picture-too-large", "picture-too-large"),
    "no height": (frame_header(320, 0), "bad-picture", "bad-picture"),
    "another size": (frame_header(640, 480), "size-mismatch", "black: mismatch"),
    "arithmetic": (frame_header(320, 240, marker=0xC9), "bad-picture", "bad-picture"),
    "lossless": (frame_header(320, 240, marker=0xC3), "bad-picture", "bad-picture"),
    "12 bits": (frame_header(320, 240, bits=12, marker=0xC1), "bad-picture", "bad-picture"),
    "cmyk": (cmyk(), "bad-picture", "bad-picture"),
    "grey": (grey(), "passes", "shown"),
    "progressive": (progressive(*SIDES), "passes", "shown"),
    "upright by exif": (rotated(1), "passes", "shown"),
    "rotated by exif": (rotated(6), "passes", "black: mismatch"),
    "with a trailer": (PLAIN + b"trailer", "passes", "shown"),
    "two pictures": (PLAIN + PLAIN, "passes", "shown"),
}
"""Name -> the bytes, what the detector does, what the redactor does behind a verdict about these very bytes.

A redactor believes a verdict about bytes that framebus wrote: half a picture of which a detector says that nobody is in
it is shown as it is. Our detectors refuse it. What others wrote is decoded, and black if that fails.
"""
