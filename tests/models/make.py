"""Tiny ONNX models with inputs and outputs like those of real families."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.helper import make_node

Array = NDArray[Any]
Side = int | str
Shape = tuple[Side, ...]


def constant(path: Path, outputs: Mapping[str, Array], **more: Any) -> Path:
    """A model that puts out these, whatever it sees; `more` as for `save`."""
    nodes = [make_node("Identity", [f"{name}.weight"], [name]) for name in outputs]
    weights = {f"{name}.weight": value for name, value in outputs.items()}
    infos = {name: (value.dtype, value.shape) for name, value in outputs.items()}
    return save(path, nodes, weights, infos, **more)


def save(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    weights: Mapping[str, Array],
    outputs: Mapping[str, tuple[Any, Shape]],
    inputs: Mapping[str, tuple[Any, Shape]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A model of these parts; inputs and outputs are types and shapes, one picture of 64x64 unless given."""
    inputs = inputs or {"images": (np.float32, (1, 3, 64, 64))}
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()]
    graph = helper.make_graph(list(nodes), "tiny", _infos(inputs), _infos(outputs), tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, dict(metadata or {}))
    path.write_bytes(model.SerializeToString())
    return path


def _infos(ports: Mapping[str, tuple[Any, Shape]]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
        for name, (dtype, shape) in ports.items()
    ]


def brightness(path: Path, boxes: Array) -> Path:
    """YOLOv8's form with one class: boxes (4, N); the score of all is the mean of what the model sees, 0..1."""
    count = boxes.shape[1]
    nodes = [
        make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=0),
        make_node("Reshape", ["mean", "flat"], ["one"]),
        make_node("Expand", ["one", "wide"], ["scores"]),
        make_node("Concat", ["boxes", "scores"], ["output0"], axis=1),
    ]
    weights = {"boxes": boxes[None].astype(np.float32), "flat": np.array([1, 1, 1]), "wide": np.array([1, 1, count])}
    outputs = {"output0": (np.float32, (1, 5, count))}
    return save(path, nodes, weights, outputs, metadata={"names": "['bright']"})
