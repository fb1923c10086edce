"""Run inside an environment with ultralytics: the backend against the package's own results, .pt and exported .onnx.

The weights are random, with the class scores raised, so that there is much to be found: equal, or not.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from services.detector.backends.ultralytics import KEPT_QUIET, Ultralytics, Weights

os.environ.update(KEPT_QUIET)

import numpy as np
import torch
from ultralytics import YOLO

from libs.common import images
from libs.common.messages import Detection, Frame
from services.detector.backend import Backend
from services.detector.backends.onnx import Model, Onnx
from services.detector.boxes import overlap
from services.detector.picture import Picture

SIZE = 320


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def random_model(config: str, path: Path) -> Path:
    """A .pt of that architecture whose scores are spread around a half."""
    torch.manual_seed(1)
    yolo = YOLO(config, task="detect")
    with torch.no_grad():
        for name, parameter in yolo.model.named_parameters():
            head = ".cv3." in name or "one2one_cv3" in name or "score_head" in name
            if head and name.endswith("bias") and parameter.numel() == 80:
                parameter += 4.0 + torch.randn(80)
    yolo.save(str(path))
    return path


def picture() -> Picture:
    """Drawn shapes on noise, neither square nor of the model's size."""
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (360, 500, 3)).astype(np.uint8)
    for left, top in ((40, 50), (200, 90), (330, 200)):
        image[top : top + 110, left : left + 70] = rng.integers(0, 256, 3)
    return Picture(
        Frame(
            camera="drawn",
            boot="00000001",
            seq=0,
            captured_at=0,
            width=500,
            height=360,
            image=images.encode(image, 95),
        )
    )


def worst(ours: tuple[Detection, ...], reference: tuple[Detection, ...], surest: int = 50) -> float:
    """The least overlap of the reference's surest findings with the best of ours that has the same label."""
    mates = (
        max((overlap(each.box, other.box) for other in ours if other.label == each.label), default=0.0)
        for each in reference[:surest]
    )
    return min(mates, default=-1.0)


def themselves(path: Path, shown: Picture) -> tuple[Detection, ...]:
    """What the package says, letterboxed to the very size of the exported model."""
    (result,) = YOLO(str(path), task="detect").predict(
        shown.image().copy(), imgsz=SIZE, conf=0.25, max_det=300, rect=False, verbose=False
    )
    rows = zip(result.boxes.xyxyn.tolist(), result.boxes.conf.tolist(), result.boxes.cls.tolist(), strict=True)
    return tuple(
        Detection(label=result.names[int(number)], confidence=sure, box=tuple(min(1.0, max(0.0, at)) for at in box))
        for box, sure, number in rows
    )


def one(config: str, folder: Path) -> dict[str, object]:
    made = random_model(config, folder / f"{config.removesuffix('.yaml')}.pt")
    exported = Path(YOLO(str(made)).export(format="onnx", imgsz=SIZE, simplify=False, verbose=False))
    shown, reference = picture(), themselves(exported, picture())
    by_package: Backend = Ultralytics(Weights(made, (sha256(made),), "cpu", 2, SIZE))
    by_us: Backend = Onnx(Model(exported, (sha256(exported),), device="cpu", threads=2))
    return {
        "found": len(reference),
        "pt": len(by_package.look(shown) or ()),
        "onnx": len(by_us.look(shown) or ()),
        "worst_overlap": worst(by_us.look(shown) or (), reference),
        "labels_agree": by_us.labels == by_package.labels,
        "says": getattr(by_us, "says", ""),
    }


def main(folder: str, configs: list[str]) -> None:
    results = {config: one(config, Path(folder)) for config in configs}
    sys.stdout.write("\n" + json.dumps(results) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
