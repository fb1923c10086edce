"""The backend `ultralytics:PATH`: a .pt or .onnx file, or an OpenVINO folder, run by the package of its makers.

ultralytics is under the AGPL-3.0: who offers a service with it over a network owes its users the source of the whole,
unless they have another licence from its makers. It is installed only where somebody asks for it
(`framebus[ultralytics]`, the build without a GUI), sends nothing, fetches nothing and installs nothing by itself.
"""

import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from libs.common.errors import FramebusError, SettingsError
from libs.common.messages import Detection
from services.detector.backends.onnx_names import Names, labels_of
from services.detector.models import check_known
from services.detector.picture import Picture

log = logging.getLogger(__name__)

KEPT_QUIET = {
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SAFE_LOAD": "true",
    "ULTRALYTICS_SKIP_REQUIREMENTS_CHECKS": "true",
}
"""Read at its import: no search for updates, no statistics, no pip; a .pt may hold only classes that it knows."""

CONFIDENCE = 0.25
MOST_DETECTIONS = 300
SIZE = 640


@dataclass(frozen=True, slots=True)
class Weights:
    """What the operator says of a model; `size`: longer side in pixels, 0: as the model says, else 640."""

    path: Path
    known: Sequence[str]
    device: str = "auto"
    threads: int = 2
    size: int = 0
    confidence: float = CONFIDENCE


class Ultralytics:
    """Keeps nothing between frames, so one serves all cameras of a process."""

    def __init__(self, weights: Weights) -> None:
        """Raises SettingsError where the package is missing, the file not known, or no detection model."""
        check_known(weights.path, weights.known)
        self._yolo = _loaded(weights.path, weights.threads)
        self._names = _names(self._yolo, weights.path)
        self._size, self._confidence = weights.size or SIZE, weights.confidence
        self._device = None if weights.device == "auto" else weights.device
        self.model = f"ultralytics:{weights.path.stem}"[:64]
        self.labels = tuple(name for name in self._names if name is not None)

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        """Surest first; non-maximum suppression is the package's."""
        (result,) = self._yolo.predict(
            picture.image(self._size).copy(),
            imgsz=self._size,
            conf=self._confidence,
            max_det=MOST_DETECTIONS,
            device=self._device,
            verbose=False,
        )
        boxes = result.boxes
        rows = zip(boxes.xyxyn.tolist(), boxes.conf.tolist(), boxes.cls.int().tolist(), strict=True)
        return tuple(self._detection(box, sure, number) for box, sure, number in rows if self._names[number])

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""

    def _detection(self, box: list[float], sure: float, number: int) -> Detection:
        if not all(-4 < edge < 4 for edge in box):
            raise FramebusError(f"the model found a box at {box}, expected 0..1")
        x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) for edge in box)
        return Detection(label=self._names[number] or "", confidence=min(1.0, sure), box=(x0, y0, x1, y1))


def _loaded(path: Path, threads: int) -> Any:
    os.environ.update(KEPT_QUIET)
    os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.mkdtemp(prefix="framebus-ultralytics-"))
    try:
        import torch
        from ultralytics import YOLO
    except ImportError as error:
        raise SettingsError(
            f"--backend ultralytics: the package {error.name} is missing: pip install 'framebus[detector,ultralytics]' "
            "(AGPL-3.0)"
        ) from None
    log.warning("ultralytics is under the AGPL-3.0: see docs/models.md before you offer this to others")
    torch.set_num_threads(threads)
    try:
        return YOLO(str(path.absolute()), task="detect")
    except Exception as error:
        raise SettingsError(f"--backend ultralytics:{path}: {' '.join(str(error).split())[:300]}") from None


def _names(yolo: Any, path: Path) -> Names:
    where = f"--backend ultralytics:{path}"
    if yolo.task != "detect":
        raise SettingsError(f"{where}: expected a detection model, this one is for {yolo.task}")
    try:
        found = dict(yolo.names)
        names = [str(found[number]) for number in range(len(found))]
    except Exception as error:
        raise SettingsError(f"{where}: expected the names of its classes ({' '.join(str(error).split())})") from None
    return labels_of(names, where)
