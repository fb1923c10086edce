"""A convolutional network that costs what a small YOLO costs, with random weights: 4.3 G multiplications at 640x640."""

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnx.helper import make_node

CLASSES = 80
STAGES = ((16, 0), (32, 1), (64, 4), (128, 5), (256, 4))
"""Channels, and how many more convolutions of 3x3, of each stage; the first of each halves the picture's sides."""

FROM_STAGE = 2
"""This stage and those after it have a head each: 8, 16 and 32 pixels a place."""


class Net:
    """Puts nodes and weights together."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._random = np.random.default_rng(0)

    def weight(self, name: str, value: NDArray[np.generic]) -> str:
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], name: str, **more: object) -> str:
        self.nodes.append(make_node(kind, inputs, [name], name=name, **more))
        return name

    def convolved(self, source: str, name: str, shape: tuple[int, int, int], stride: int = 1) -> str:
        """`shape`: channels out, channels in, side of the kernel."""
        out, before, side = shape
        scale = (2 / (before * side * side)) ** 0.5
        values = self._random.normal(0, scale, (out, before, side, side)).astype(np.float32)
        weight = self.weight(f"{name}.w", values)
        pads = [side // 2] * 4
        return self.node("Conv", [source, weight], name, strides=[stride] * 2, pads=pads, kernel_shape=[side] * 2)

    def activated(self, source: str) -> str:
        """SiLU, as YOLO has it."""
        return self.node("Mul", [source, self.node("Sigmoid", [source], f"{source}.s")], f"{source}.a")


def net(side: int = 640, batch: int | str = 1) -> bytes:
    """A model in the form of YOLOv8, `[batch, 84, N]`, which finds next to nothing."""
    made = Net()
    at, channels, heads = "images", 3, []
    for number, (wide, more) in enumerate(STAGES):
        for step in range(more + 1):
            name = f"stage{number}.{step}"
            shape = (wide, channels, 3)
            at = made.activated(made.convolved(at, name, shape, 2 if step == 0 else 1))
            channels = wide
        if number >= FROM_STAGE:
            heads.append(_head(made, at, channels, number))
    joined = made.node("Concat", heads, "joined", axis=2)
    shift = np.concatenate((np.zeros(4), np.full(CLASSES, -40.0))).astype(np.float32).reshape(1, -1, 1)
    made.node("Sigmoid", [made.node("Add", [joined, made.weight("shift", shift)], "shifted")], "output0")
    places = sum((side // 2 ** (number + 1)) ** 2 for number in range(FROM_STAGE, len(STAGES)))
    return _bytes(made, side, batch, places)


def _head(made: Net, at: str, channels: int, number: int) -> str:
    between = made.activated(made.convolved(at, f"head{number}.0", (64, channels, 3)))
    ends = made.convolved(between, f"head{number}.1", (4 + CLASSES, 64, 1))
    flat = made.weight(f"head{number}.shape", np.array([0, 4 + CLASSES, -1]))
    return made.node("Reshape", [ends, flat], f"head{number}.flat")


def _bytes(made: Net, side: int, batch: int | str, places: int) -> bytes:
    image = helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 3, side, side])
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [batch, 4 + CLASSES, places])
    graph = helper.make_graph(made.nodes, "net", [image], [output], made.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"names": repr({number: f"class {number}" for number in range(CLASSES)})})
    return bytes(model.SerializeToString())


def multiplications(side: int = 640) -> int:
    """Of one picture, in the convolutions."""
    total, channels = 0, 3
    for number, (wide, more) in enumerate(STAGES):
        places = (side // 2 ** (number + 1)) ** 2
        total += places * 9 * wide * (channels + more * wide)
        channels = wide
        if number >= FROM_STAGE:
            total += places * 64 * (9 * channels + 4 + CLASSES)
    return total
