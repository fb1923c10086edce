"""Whether something moves, as far as can be seen without decoding more than key frames.

Packets grow when something begins to move, unless the camera keeps its rate constant; then only the next key frame
tells, which looks different from the one before.
"""

from collections import deque
from statistics import median

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

TOGETHER = 6
"""Packets are added up, because those of B-frames are smaller than their neighbours."""
REMEMBERED = 50
LEAST_REMEMBERED = 5
FACTOR, DEVIATIONS = 1.3, 5
"""Larger than usual: by so much, and by so many times what they usually deviate."""
FLOOR_BYTES = 40 * TOGETHER
"""Packets of nearly nothing vary by more than their size."""
BLOCK = 16
"""Pixels: the mean of a block hardly shows the noise of a camera at night."""
DIFFERENCE = 6
LEAST_BLOCKS = 2
SHARE = 0.001

Blocks = NDArray[np.float32]


class PacketSizes:
    """Of the packets between key frames."""

    def __init__(self) -> None:
        self._newest: deque[int] = deque(maxlen=TOGETHER)
        self._usual: deque[int] = deque(maxlen=REMEMBERED)
        self._count = 0

    def grown(self, size_bytes: int) -> bool:
        """True if the newest ones are larger than usual, or it is not known yet what is usual."""
        self._newest.append(size_bytes)
        together = sum(self._newest)
        self._count += 1
        if self._count % TOGETHER == 0:
            self._usual.append(together)
        if len(self._usual) < LEAST_REMEMBERED:
            return True
        usual = median(self._usual)
        deviation = median(abs(size - usual) for size in self._usual)
        return together > FACTOR * usual + DEVIATIONS * deviation + FLOOR_BYTES


class KeyPictures:
    """Compares each with the one before it."""

    def __init__(self) -> None:
        self._before: Blocks | None = None

    def changed(self, frame: VideoFrame) -> bool:
        """True where a part of it looks different, or there was none before it."""
        blocks, before = _blocks(frame), self._before
        self._before = blocks
        if before is None or before.shape != blocks.shape:
            return True
        difference = blocks - before
        difference -= np.median(difference)
        changed = np.count_nonzero(np.abs(difference) > DIFFERENCE)
        return bool(changed >= max(LEAST_BLOCKS, SHARE * blocks.size))


def _blocks(frame: VideoFrame) -> Blocks:
    """The mean brightness of each block."""
    grey = frame if frame.format.name.startswith(("yuv", "nv12", "gray")) else frame.reformat(format="gray")
    plane = grey.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
    rows, columns = plane.height // BLOCK, plane.width // BLOCK
    whole = luma[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return np.asarray(whole.mean(axis=(1, 3)), np.float32)
