"""What a model takes: one picture as planes, of which size and type, and what some want to know beside it."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libs.common.errors import SettingsError
from services.detector.backends.onnx_session import Feeds, Port
from services.detector.letterbox import STRIDE

TYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
}
SIZE = "orig_target_sizes"
"""Width and height of the picture, [1, 2] int64: RT-DETR and D-FINE, tools/export_onnx.py."""

MASK = "pixel_mask"
"""1 where the picture is, [1, H, W] int64: DETR in Transformers. The picture is everywhere."""

MASK_SIDE = 64
"""Of a mask whose size is open: it is scaled to what the model needs."""

USUAL_SIDE = 640
MOST_SIDE = 4096


@dataclass(frozen=True, slots=True)
class Input:
    """`size`: width and height of the canvas, the most where `is_fixed` is False."""

    name: str
    dtype: type[np.generic]
    size: tuple[int, int]
    is_fixed: bool
    beside: tuple[Port, ...] = ()

    def feeds(self, planes: NDArray[np.generic], size: tuple[int, int]) -> Feeds:
        """All inputs for planes (1, 3, H, W) of a picture of this width and height."""
        return {self.name: planes, **{port.name: _beside(port, size) for port in self.beside}}


def input_of(ports: Sequence[Port], side: int, metadata: Mapping[str, str]) -> Input:
    """`side`: the longer one of a size that the model leaves open, 0: as its metadata say, else USUAL_SIDE.

    Raises SettingsError, with names and shapes, for inputs of another form.
    """
    pictures = [port for port in ports if port.name not in (SIZE, MASK)]
    if len(pictures) != 1 or not _takes_planes(pictures[0]):
        raise SettingsError(f"the model's inputs {_told(ports)}: expected one [1, 3, H, W] of float, float16 or uint8")
    (port,) = pictures
    high, wide = port.shape[2:]
    open_side = _whole_strides(side or _side_in(metadata))
    size = (wide or open_side, high or open_side)
    if not 0 < min(size) <= max(size) <= MOST_SIDE:
        raise SettingsError(f"the model's inputs {_told(ports)}: expected sides of 1 to {MOST_SIDE} pixels")
    is_fixed = wide is not None or high is not None
    return Input(port.name, TYPES[port.type], size, is_fixed, tuple(port for port in ports if port not in pictures))


def _takes_planes(port: Port) -> bool:
    return port.type in TYPES and len(port.shape) == 4 and port.shape[0] in (1, None) and port.shape[1] in (3, None)


def _beside(port: Port, size: tuple[int, int]) -> NDArray[np.generic]:
    if port.name == SIZE:
        return np.array([size], np.int64)
    high, wide = (side or MASK_SIDE for side in port.shape[-2:])
    return np.ones((1, high, wide), np.int64)


def _side_in(metadata: Mapping[str, str]) -> int:
    """`imgsz` of ultralytics, like `[640, 640]`: what the model was trained at."""
    try:
        found = ast.literal_eval(metadata.get("imgsz", "")[:100])
    except (ValueError, SyntaxError):
        return USUAL_SIDE
    sides = found if isinstance(found, list | tuple) else [found]
    return max((side for side in sides if isinstance(side, int)), default=USUAL_SIDE)


def _whole_strides(side: int) -> int:
    return -(-side // STRIDE) * STRIDE


def _told(ports: Sequence[Port]) -> str:
    return ", ".join(
        f"{port.name} {port.type.removeprefix('tensor').strip('()')} "
        f"[{', '.join('?' if side is None else str(side) for side in port.shape)}]"
        for port in ports[:8]
    )
