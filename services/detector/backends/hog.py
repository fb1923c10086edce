"""The backend `hog`: OpenCV's people detector (histograms of oriented gradients, Dalal and Triggs 2005); no download.

It was trained on people who stand or walk upright, seen whole, and finds some of those: two in three of the demo clip,
at about 75 ms of one core for a picture of any size. It does not see people who sit, lie, bend, are cut off by the
edge or hidden in part, nor anyone less tall than a twelfth of the picture's longer side. Do not trust it alone to hide
people; behind `motion` it adds some of those who stand still.
"""

import math

import cv2
import numpy as np

from libs.common.messages import Box, Detection
from services.detector.backends.working import Gray, working
from services.detector.picture import Picture

WORKING_SIDE = 1152
"""Longer side of the picture that is searched, enlarged where need be: the detector's person is 96 pixels tall."""

WINDOW = (64, 128)
STRIDE = (8, 8)
PADDING = (8, 16)
SCALE_STEP = 1.2
"""Between the sizes searched. 1.1 with two neighbours costs 1.8 times as much and finds as many on the demo clip."""

THRESHOLD = -0.2
"""Distance from the plane that parts people from the rest; below 0 to miss fewer at the price of more false alarms."""

NEIGHBOURS = 1
"""Of a found window, for it to count."""


class Hog:
    """Keeps nothing between frames."""

    model = "hog"
    labels: tuple[str, ...] = ("person",)

    def __init__(self, side: int = WORKING_SIDE) -> None:
        # More speed is more copies of the service.
        cv2.setNumThreads(1)
        self._side = side
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector()))

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        """`confidence` is a logistic function of the distance from the deciding plane; it is not calibrated."""
        image = working(picture, self._side)
        height, width = image.shape
        boxes, weights = self._hog.detectMultiScale(
            _at_least_a_window(image),
            hitThreshold=THRESHOLD,
            winStride=STRIDE,
            padding=PADDING,
            scale=SCALE_STEP,
            groupThreshold=NEIGHBOURS,
        )
        found = [
            Detection(label="person", confidence=1 / (1 + math.exp(-2 * weight)), box=_person(window, width, height))
            for window, weight in zip(np.array(boxes).tolist(), np.ravel(weights).tolist(), strict=True)
        ]
        return tuple(sorted(found, key=lambda each: -each.confidence))

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


def _at_least_a_window(image: Gray) -> Gray:
    """OpenCV reads beyond a picture that is smaller than the detector's window, and the process dies."""
    below, beside = (max(0, need - has) for need, has in zip((WINDOW[1], WINDOW[0]), image.shape, strict=True))
    if not below and not beside:
        return image
    return np.pad(image, ((0, below), (0, beside)), mode="edge")


def _person(window: list[int], width: int, height: int) -> Box:
    """The person inside a found window (left, top, width, height), which has a margin all around."""
    left, top, wide, high = window
    edges = (
        (left + 0.1 * wide) / width,
        (top + 0.07 * high) / height,
        (left + 0.9 * wide) / width,
        (top + 0.87 * high) / height,
    )
    x0, y0, x1, y1 = (min(1.0, max(0.0, edge)) for edge in edges)
    return x0, y0, x1, y1
