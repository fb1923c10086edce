"""What the tests of every service use: a clock to be set, frames with a drawn picture, a bus in memory.

Only drawing takes numpy and simplejpeg: a service without pictures has neither.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.memory_bus import MemoryBus
from libs.common.messages import Frame, replace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FakeClock", "MemoryBus", "frame", "picture"]


@dataclass
class FakeClock:
    """A clock that stands until it is told to advance."""

    wall_ns: int = 1_700_000_000_000_000_000
    running_s: float = 1000.0

    def now_ns(self) -> int:
        return self.wall_ns

    def monotonic_s(self) -> float:
        return self.running_s

    def advance(self, seconds: float) -> None:
        self.wall_ns += round(seconds * 1e9)
        self.running_s += seconds


def picture(width: int = 320, height: int = 240, seed: int = 0) -> "NDArray[np.uint8]":
    """A drawn image (height, width, 3) uint8 BGR: a gradient with a bright square whose place depends on the seed."""
    import numpy as np

    rows, columns = np.mgrid[0:height, 0:width]
    image = np.stack([columns % 256, rows % 256, (rows + columns) % 256], axis=-1).astype(np.uint8)
    left, top = seed * 7 % max(1, width - 32), seed * 5 % max(1, height - 32)
    image[top : top + 32, left : left + 32] = 255
    return image


def frame(camera: str = "porch", seq: int = 0, boot: str = "00000001", fps: float = 10, **fields: object) -> Frame:
    """A raw frame of a drawn picture, `seq` steps of 1/fps after a fixed moment; `fields` replace any field."""
    made = Frame(
        camera=camera,
        boot=boot,
        seq=seq,
        captured_at=1_700_000_000_000_000_000 + round(seq * 1e9 / fps),
        width=320,
        height=240,
        image=b"" if "image" in fields else _drawn(seq),
        image_by="framebus",
    )
    return replace(made, **fields)


def _drawn(seed: int) -> bytes:
    from libs.common import images

    return images.encode(picture(seed=seed))
