"""Pictures of people who carry a pattern, and who finds it again: in decoded pixels, and in any bytes."""

from functools import cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common import images, jpeg_bands
from libs.common.messages import Box
from tests.redactor.scenes import region

Image = NDArray[np.uint8]

MARK = b"c4nary-0f-byt3s"
"""Stands in metadata; nobody writes it by chance."""
TILE = 16
WIDTH, HEIGHT = 208, 144
RED, YELLOW = (0, 0, 255), (0, 255, 255)
"""Far apart in brightness, and as colourful sharp, blurred and half covered; the background has no colour."""
LEAST_COLOUR, LEAST_LIKENESS, LEAST_CONTRAST, DARK = 60, 0.6, 12, 24


@cache
def pattern() -> NDArray[np.bool_]:
    """(TILE, TILE) of squares of two pixels, as many of the one as of the other, by chance."""
    dice = np.random.default_rng(20)
    cells = dice.permutation(np.arange(TILE * TILE // 4) % 2 == 0).reshape(TILE // 2, TILE // 2)
    return np.asarray(cells.repeat(2, axis=0).repeat(2, axis=1))


def drawn(people: tuple[Box, ...], width: int = WIDTH, height: int = HEIGHT, seed: int = 0) -> Image:
    """(height, width, 3): grey noise, and the pattern all over the boxes (0..1)."""
    noise = np.random.default_rng(seed).integers(118, 138, (height, width, 1)).astype(np.uint8)
    image = noise.repeat(3, axis=2)
    for box in people:
        part = image[region(box, width, height)]
        rows, columns = part.shape[:2]
        tiles = np.tile(pattern(), (-(-rows // TILE), -(-columns // TILE)))[:rows, :columns]
        part[:] = np.where(tiles[:, :, None], RED, YELLOW)
    return image


def photo(
    people: tuple[Box, ...], width: int = WIDTH, height: int = HEIGHT, seed: int = 0, bands: bool = True
) -> bytes:
    """The same as framebus codes it: the producer in bands, everybody else without."""
    image = drawn(people, width, height, seed)
    if not bands:
        return images.encode(image)
    alone = [images.encode(image[top : top + jpeg_bands.ROWS]) for top in jpeg_bands.tops(height)]
    head = jpeg_bands.header(alone[0], width, height)
    return jpeg_bands.join(head, [jpeg_bands.scan(band, head) for band in alone])


def spotted(image: Image, coarse: bool = False) -> bool:
    """Whether anything of a person can be found: one tile of the pattern, turned or mirrored; or one pixel's colour.

    `coarse`: mean colours may be left, as pixelate and blur leave them; the pattern not.
    """
    if image.max() < DARK:
        return False
    if not coarse and np.ptp(image, axis=2).max() >= LEAST_COLOUR:
        return True
    return likeness(image) >= LEAST_LIKENESS


def likeness(image: Image) -> float:
    """The highest correlation of any TILE x TILE pixels with the pattern, 0..1 (normalised, in the Fourier domain)."""
    grey = image.mean(axis=2)
    grey = np.pad(grey, [(0, max(0, TILE - side)) for side in grey.shape], mode="edge")
    sums, squares = _windows(grey), _windows(grey**2)
    energy = squares - sums**2 / TILE**2
    busy = energy >= TILE**2 * LEAST_CONTRAST**2
    if not busy.any():
        return 0.0
    spectrum = np.fft.rfft2(grey)
    found = (np.fft.irfft2(spectrum * each, grey.shape) for each in _spectra(grey.shape))
    valid = (np.abs(each[: busy.shape[0], : busy.shape[1]][busy]) for each in found)
    return float(max((each / np.sqrt(energy[busy])).max() for each in valid))


def _windows(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over all TILE x TILE windows."""
    total = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return np.asarray(total[TILE:, TILE:] - total[:-TILE, TILE:] - total[TILE:, :-TILE] + total[:-TILE, :-TILE])


@cache
def _spectra(shape: tuple[int, int]) -> list[NDArray[np.complex128]]:
    """Of the pattern (mean 0, length 1) in its eight orientations, conjugated: a product is a correlation."""
    tile = pattern() - pattern().mean()
    tile = tile / np.sqrt((tile**2).sum())
    turned = [np.rot90(side, turns) for side in (tile, tile.T) for turns in range(4)]
    return [np.conj(np.fft.rfft2(each, shape)) for each in turned]


def views(jpeg: bytes) -> list[Image]:
    """The picture as two decoders see it that share no code and forgive what they can: libjpeg-turbo and ffmpeg."""
    whole = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    try:
        others = [frame.to_ndarray(format="bgr24") for frame in _ffmpeg().decode(av.Packet(jpeg))]
    except av.FFmpegError:
        others = []
    return [np.asarray(view, np.uint8) for view in (whole, *others) if view is not None]


def leaks(jpeg: bytes, coarse: bool = False) -> bool:
    """Whether somebody is spotted in any view. ffmpeg fills with green what is missing: there the pattern counts."""
    return any(spotted(view, coarse or number > 0) for number, view in enumerate(views(jpeg)))


def _ffmpeg() -> av.VideoCodecContext:
    made = av.CodecContext.create("mjpeg", "r")
    assert isinstance(made, av.VideoCodecContext)
    made.thread_count = 1
    return made


def somebody_in(jpeg: bytes) -> tuple[Box, ...]:
    """What a perfect detector finds that decodes as forgivingly: one box around everything with a colour."""
    found = []
    for view in views(jpeg)[:1]:
        rows, columns = np.nonzero(np.ptp(view, axis=2) >= LEAST_COLOUR)
        height, width = view.shape[:2]
        if len(rows):
            left, right = columns.min() / width, (columns.max() + 1) / width
            found.append((float(left), float(rows.min() / height), float(right), float((rows.max() + 1) / height)))
    return tuple(found)


def segment(marker: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def marked(jpeg: bytes, hidden: bytes = b"") -> bytes:
    """The picture with MARK, and what is to be hidden, wherever a JPEG can hold more than itself."""
    body = MARK * 3 + hidden
    inside = [(0xFE, body), (0xE1, b"Exif\0\0II*\0" + body), (0xEB, body), (0xE2, b"MPF\0" + body), (0xE0, body)]
    return jpeg[:2] + b"".join(segment(*each) for each in inside) + jpeg[2:] + body + jpeg


def turned(jpeg: bytes, orientation: int) -> bytes:
    """The picture with an EXIF orientation 1..8."""
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0"
    return jpeg[:2] + segment(0xE1, b"Exif\0\0" + tiff) + jpeg[2:]
