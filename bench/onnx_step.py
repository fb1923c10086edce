"""The detector's step with a model in ONNX Runtime against the loop that one would write around the same session."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import onnxruntime as ort
import simplejpeg
from numpy.typing import NDArray

from bench.compare import Compared, compare
from bench.onnx_net import net
from libs.common.clock import SystemClock
from libs.common.messages import Frame, replace
from libs.common.metrics import Metrics
from services.detector.backends.onnx import Model, Onnx
from services.detector.counts import Counts
from services.detector.detect import Detect
from services.detector.looks import Looks
from services.detector.pace import Pace

CONFIDENCE, OVERLAP = 0.25, 0.7


def onnx_row(frame: Frame, side: int) -> Compared:
    """One thread. At least 0.9 of the bare loop's speed is promised. A still, for those are always looked at."""
    content = net(side)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.onnx"
        path.write_bytes(content)
        backend = Onnx(Model(path, (hashlib.sha256(content).hexdigest(),), device="cpu", threads=1))
    clock = SystemClock()
    stage = Detect(Looks([backend], Pace(clock), clock, Counts(Metrics())))
    loop, still = Bare(content, side), replace(frame, still=True)
    name = f"detector step, onnx {side}x{side} / bare"
    return compare(name, lambda: stage.handle(still), lambda: loop(frame), 5, 1.11)


class Bare:
    """Decode, letterbox, run, suppress; nothing else."""

    def __init__(self, content: bytes, side: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._side = side

    def __call__(self, frame: Frame) -> list[tuple[int, float, list[float]]]:
        image = simplejpeg.decode_jpeg(frame.image, "BGR", fastdct=True, fastupsample=True)
        scale = min(self._side / image.shape[1], self._side / image.shape[0])
        wide, high = round(image.shape[1] * scale), round(image.shape[0] * scale)
        left, top = (self._side - wide) // 2, (self._side - high) // 2
        canvas = np.full((self._side, self._side, 3), 114, np.uint8)
        canvas[top : top + high, left : left + wide] = cv2.resize(image, (wide, high))
        pixels = np.ascontiguousarray(canvas[:, :, ::-1].transpose(2, 0, 1)[None]).astype(np.float32) / 255
        (output,) = self._session.run(None, {"images": pixels})
        return _found(output[0].T, scale, left, top)


def _found(rows: NDArray[np.float32], scale: float, left: int, top: int) -> list[tuple[int, float, list[float]]]:
    rows = rows[rows[:, 4:].max(axis=1) > CONFIDENCE]
    boxes = (rows[:, :4] - [left, top, 0, 0]) / scale
    boxes[:, :2] -= boxes[:, 2:] / 2
    scores, classes = rows[:, 4:].max(axis=1), rows[:, 4:].argmax(axis=1)
    if not len(rows):
        return []
    kept = cv2.dnn.NMSBoxesBatched(boxes.tolist(), scores.tolist(), classes.tolist(), CONFIDENCE, OVERLAP)
    return [(int(classes[each]), float(scores[each]), boxes[each].tolist()) for each in kept]
