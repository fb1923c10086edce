"""Pictures: JPEG bytes to arrays and back, on libjpeg-turbo. An `image` is (H, W, 3) uint8, blue green red."""

from functools import lru_cache
from typing import cast

import crc32c
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from libs.common import jpeg_bands
from libs.common.errors import PermanentError
from libs.common.jpeg_header import MAX_PIXELS, JpegInfo, bad_picture, read_header

__all__ = [
    "JpegInfo",
    "black",
    "decode",
    "decode_gray",
    "encode",
    "encode_bands",
    "encode_planes",
    "image_crc",
    "read_header",
    "upright",
]

Image = NDArray[np.uint8]

QUALITY = 85


def decode(jpeg: bytes, scale: int = 1, info: JpegInfo | None = None) -> Image:
    """The picture as (H, W, 3) BGR, as stored (see `upright`), grey ones too.

    `scale` 2, 4 or 8 decodes at that fraction of each side, rounded up: cheaper, in the DCT domain. `info`: what
    `read_header` said of these very bytes, where that is known; reading it again takes a thirtieth of the decoding.
    Raises PermanentError ("bad-picture" or "picture-too-large") where any part of it is missing or damaged.
    """
    return _decode(jpeg, scale, "BGR", info)


def decode_gray(jpeg: bytes, scale: int = 1, info: JpegInfo | None = None) -> Image:
    """The brightness alone as (H, W); otherwise like `decode`."""
    return _decode(jpeg, scale, "GRAY", info)[:, :, 0]


def _decode(jpeg: bytes, scale: int, colours: str, info: JpegInfo | None) -> Image:
    info = info or read_header(jpeg)
    # simplejpeg takes the smallest decode that is not below these sides.
    height, width = -(-info.height // scale), -(-info.width // scale)
    try:
        return cast(
            Image,
            simplejpeg.decode_jpeg(
                jpeg, colours, fastdct=True, fastupsample=True, min_height=height, min_width=width, strict=True
            ),
        )
    except ValueError as error:
        raise bad_picture(str(error)) from None


def encode(image: Image, quality: int = QUALITY) -> bytes:
    """A plain JPEG (4:2:0) of a (H, W, 3) BGR image."""
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(image), quality, "BGR", "420", fastdct=True))


def encode_planes(y: Image, u: Image, v: Image, quality: int = QUALITY) -> bytes:
    """A plain JPEG of full-range BT.601 planes: `y` (H, W), `u` and `v` half of it in both sides, rounded up.

    Rows may be longer than W in memory. Planes as wide or as high as `y` make 4:2:2, 4:4:0 or 4:4:4.
    """
    height, width = y.shape
    return bytes(simplejpeg.encode_jpeg_yuv_planes(_even(y)[:height, :width], u, v, quality, fastdct=True))


def encode_bands(y: Image, u: Image, v: Image, quality: int = QUALITY) -> bytes:
    """Like `encode_planes` of 4:2:0, in the form that `jpeg_bands.split` takes apart. The pixels are the same."""
    even, rows = _even(y), jpeg_bands.ROWS
    alone = [
        simplejpeg.encode_jpeg_yuv_planes(
            even[top : top + rows], u[top // 2 :][: rows // 2], v[top // 2 :][: rows // 2], quality, fastdct=True
        )
        for top in jpeg_bands.tops(len(y))
    ]
    head = jpeg_bands.header(alone[0], y.shape[1], y.shape[0])
    return jpeg_bands.join(head, (jpeg_bands.scan(band, head) for band in alone))


def _even(y: Image) -> Image:
    """libjpeg-turbo reads the brightness up to the next even row and column, beyond the end of the array."""
    height, width = y.shape
    return np.pad(y, ((0, height % 2), (0, width % 2)), mode="edge") if height % 2 or width % 2 else y


def image_crc(jpeg: bytes) -> int:
    """crc32c of the encoded bytes, as verdicts name the picture they are about."""
    return crc32c.crc32c(jpeg)


@lru_cache(maxsize=16)
def black(width: int, height: int) -> bytes:
    """A plain black JPEG of that size. Raises PermanentError("picture-too-large")."""
    if width * height > MAX_PIXELS:
        raise PermanentError(f"a picture of {width}x{height} is too large", reason="picture-too-large")
    chroma = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    return encode_planes(np.zeros((height, width), np.uint8), chroma, chroma)


def upright(image: Image, orientation: int) -> Image:
    """The image turned and mirrored as its EXIF orientation (1..8) asks; the same array for 1."""
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)
