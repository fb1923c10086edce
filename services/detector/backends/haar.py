"""The backend `haar`: faces, by OpenCV's bundled cascades (Viola and Jones 2001, Lienhart 2002); no download.

It looks for upright faces seen from the front and from either side. It does not see faces that are turned or tilted in
between, look down, are in shade, covered by a hand, mask or sun-glasses, or smaller than a 24th of the picture's longer
side: for those take a larger `--detect-size` or look behind a gate. What it finds of real faces was never measured
here: the demo clip has no face large enough, and drawn ones prove nothing but that it looks. In 133 pictures of that
clip it took something else for a face once. Do not trust it alone to hide faces. A look costs 2.7 times one of `hog`,
whatever the picture's size.
"""

import math
from pathlib import Path

import cv2
import numpy as np

from libs.common.messages import Box, Detection
from services.detector.backends.working import Gray, working
from services.detector.boxes import without_doubles
from services.detector.picture import Picture

WORKING_SIDE = 480
"""Longer side of the picture that is searched, enlarged where need be: the smallest face is 20 pixels wide."""

FRONT, SIDE = "haarcascade_frontalface_alt2.xml", "haarcascade_profileface.xml"
"""At 640 pixels alt2 took 0 other things for faces where the default cascade took 7, for a third more time."""

SCALE_STEP = 1.2
"""Between the sizes searched; 1.1 costs 1.7 times as much."""

NEIGHBOURS = 2
"""Windows that must agree on a face."""

SAME = 0.4
"""The same face from the front and from the side: the two cascades frame it differently."""


class Haar:
    """Keeps nothing between frames."""

    model = "haar"
    labels: tuple[str, ...] = ("face",)

    def __init__(self, side: int = WORKING_SIDE) -> None:
        # More speed is more copies of the service.
        cv2.setNumThreads(1)
        self._side = side
        self._front, self._profile = _Cascade(FRONT), _Cascade(SIDE)

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        """`confidence` says how clearly the last stage of the cascade was passed; it is not calibrated."""
        image = cv2.equalizeHist(working(picture, self._side)).astype(np.uint8, copy=False)
        mirrored = np.ascontiguousarray(image[:, ::-1])
        seen = [*self._front.find(image), *self._profile.find(image)]
        seen += [((1 - x1, y0, 1 - x0, y1), sure) for (x0, y0, x1, y1), sure in self._profile.find(mirrored)]
        found = (Detection(label="face", confidence=sure, box=box) for box, sure in seen)
        return tuple(without_doubles(found, SAME))

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


class _Cascade:
    def __init__(self, name: str) -> None:
        path = str(Path(cv2.__file__).parent / "data" / name)
        self._cascade = cv2.CascadeClassifier(path)
        # The nodes die with their storage.
        storage = cv2.FileStorage(path, cv2.FILE_STORAGE_READ)
        stages = storage.getFirstTopLevelNode().getNode("stages")
        self._threshold = stages.at(stages.size() - 1).getNode("stageThreshold").real()
        storage.release()

    def find(self, image: Gray) -> list[tuple[Box, float]]:
        """Boxes in 0..1, and how sure: 0.5 at the threshold of the last stage, rising with the distance from it."""
        height, width = image.shape
        windows, _, weights = self._cascade.detectMultiScale3(
            image, scaleFactor=SCALE_STEP, minNeighbors=NEIGHBOURS, outputRejectLevels=True
        )
        return [
            (
                (left / width, top / height, (left + wide) / width, (top + high) / height),
                1 - math.exp(-max(0.0, weight - self._threshold)) / 2,
            )
            for (left, top, wide, high), weight in zip(
                np.array(windows).tolist(), np.ravel(weights).tolist(), strict=True
            )
        ]
