"""Frames for the detector's tests: the demo clip, drawn scenes, and how much of marked people a set of boxes hides."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from libs.common import images
from libs.common.messages import Box, Frame

Truth = dict[int, list[tuple[int, int, int, int]]]
"""By seq: left, top, width, height in pixels."""

FPS = 10
START_NS = 1_700_000_000_000_000_000


def frame_of(image: NDArray[np.uint8], seq: int = 0, camera: str = "street", boot: str = "00000001") -> Frame:
    """A raw frame of a (H, W, 3) BGR image, `seq` tenths of a second after a fixed moment."""
    return Frame(
        camera=camera,
        boot=boot,
        seq=seq,
        captured_at=START_NS + seq * 1_000_000_000 // FPS,
        width=image.shape[1],
        height=image.shape[0],
        image=images.encode(image),
        image_by="framebus",
    )


def read_clip(path: Path) -> list[Frame]:
    """Through OpenCV, which the detector has anyway; PyAV gives the same pixels."""
    return [frame_of(image, seq) for seq, image in enumerate(_pictures(cv2.VideoCapture(str(path))))]


def _pictures(clip: cv2.VideoCapture) -> Iterator[NDArray[np.uint8]]:
    while True:
        more, image = clip.read()
        if not more:
            return
        yield np.asarray(image, np.uint8)


def read_truth(path: Path) -> Truth:
    """MOTChallenge lines: frame (1 is seq 0), id, left, top, width, height, and three columns that are not used."""
    truth: Truth = {}
    for line in path.read_text().splitlines():
        number, _, left, top, width, height, *_ = line.split(",")
        truth.setdefault(int(number) - 1, []).append((int(left), int(top), int(width), int(height)))
    return truth


def room(width: int = 384, height: int = 288, brightness: int = 100) -> NDArray[np.uint8]:
    """An empty scene: (height, width, 3) uint8, mottled."""
    grain = np.random.default_rng(1).integers(-10, 11, (height // 8 + 1, width // 8 + 1, 1))
    mottled = np.kron(grain, np.ones((8, 8, 3), int))[:height, :width]
    return np.asarray(np.clip(mottled + brightness, 0, 255), np.uint8)


def with_blocks(image: NDArray[np.uint8], *blocks: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The image with white rectangles at left, top, width, height."""
    drawn = image.copy()
    for left, top, width, height in blocks:
        drawn[top : top + height, left : left + width] = 235
    return drawn


def contains(box: Box, block: tuple[int, int, int, int], size: tuple[int, int], slack: int = 6) -> bool:
    """Whether a 0..1 box holds the block of pixels, but for `slack` pixels at its edges."""
    left, top, width, height = block
    x0, x1 = box[0] * size[0], box[2] * size[0]
    y0, y1 = box[1] * size[1], box[3] * size[1]
    return x0 <= left + slack and y0 <= top + slack and x1 >= left + width - slack and y1 >= top + height - slack


def covers(found: Sequence[Sequence[Box] | None], size: tuple[int, int], hold: int = 5) -> Iterator[NDArray[np.bool_]]:
    """For each frame the (H, W) mask of the boxes of `hold` frames to both sides, each with a margin of 15 %.

    A frame that nobody looked at (None) is covered as a whole.
    """
    masks = [_mask(boxes or (), size) for boxes in found]
    for at, boxes in enumerate(found):
        near = masks[max(0, at - hold) : at + hold + 1]
        yield np.logical_or.reduce(near) if boxes is not None else np.ones((size[1], size[0]), bool)


def _mask(boxes: Sequence[Box], size: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((size[1], size[0]), bool)
    for x0, y0, x1, y1 in boxes:
        wide, high = 0.15 * (x1 - x0), 0.15 * (y1 - y0)
        left, right = max(0.0, x0 - wide) * size[0], (x1 + wide) * size[0]
        top, bottom = max(0.0, y0 - high) * size[1], (y1 + high) * size[1]
        mask[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
    return mask
