"""The picture as OpenCV's own detectors search it: grey, of one size, so that all cost the same."""

import cv2
import numpy as np
from numpy.typing import NDArray

from services.detector.picture import Picture

Gray = NDArray[np.uint8]


def working(picture: Picture, side: int) -> Gray:
    """(h, w) uint8 with a longer side of `side` pixels, enlarged where need be. Raises like `Picture.gray`."""
    image = picture.gray(side)
    height, width = image.shape
    factor = side / max(width, height)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
