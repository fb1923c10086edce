"""What may happen before a lens: drawn over the pictures of a camera, all (H, W, 3) uint8."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Change = Callable[[Image, int], Image]
"""The picture and the number of the frame, which seeds its noise."""


def noisy(image: NDArray[np.floating] | Image, seq: int, deviation: float = 2.0) -> Image:
    """With the noise of a sensor."""
    grain = np.random.default_rng(seq).normal(0, deviation, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def as_it_is(image: Image, seq: int) -> Image:
    return image


def lens_cap(image: Image, seq: int) -> Image:
    """No light at all."""
    return noisy(np.full_like(image, 3), seq)


def tape(image: Image, seq: int) -> Image:
    """Black, a little light leaks in at one side."""
    leak = np.linspace(0, 6, image.shape[1])[None, :, None]
    return noisy(np.full(image.shape, 8.0) + leak, seq)


def cloth(image: Image, seq: int) -> Image:
    """Woven, folded, in the room's light, and it moves a little."""
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    folds = 120 + 30 * np.sin(columns / 60 + 0.3 * np.sin(seq / 10)) + 12 * np.sin(rows / 35)
    weave = 6 * ((rows.astype(int) // 2 + columns.astype(int) // 2) % 2)
    return noisy(np.stack([folds * 0.6, folds * 0.7, folds], axis=-1) + weave[..., None], seq)


def hand(image: Image, seq: int) -> Image:
    """So close that it is a blur, with light between two fingers; it trembles."""
    height, width = image.shape[:2]
    drawn = np.full(image.shape, (90, 110, 160), np.uint8)
    for at in (0.3, 0.62):
        middle = int(width * at + 4 * np.sin(seq))
        cv2.line(drawn, (middle, 0), (middle + width // 12, height // 2), (150, 190, 235), width // 30)
    return noisy(cv2.GaussianBlur(drawn, (0, 0), width / 40), seq)


def spray(image: Image, seq: int) -> Image:
    """Paint in drops over nearly all of it, too near to be sharp; between them little is left."""
    height, width = image.shape[:2]
    rng = np.random.default_rng(7)
    mask = np.zeros((height, width), np.float32)
    for x, y, radius in zip(
        rng.uniform(0, width, 90), rng.uniform(0, height, 90), rng.uniform(width / 38, width / 11, 90), strict=True
    ):
        cv2.circle(mask, (int(x), int(y)), int(radius), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), width / 40)[..., None]
    paint = np.full(image.shape, (40, 40, 170), np.float32)
    return noisy(image * (1 - mask) + paint * mask, seq)


def fog(image: Image, seq: int) -> Image:
    """Thicker with the distance, that is, to the top of the picture."""
    thick = np.linspace(0.85, 0.5, image.shape[0])[:, None, None]
    return noisy(image * (1 - thick) + 205 * thick, seq)


def night(image: Image, seq: int) -> Image:
    """A tenth of the light, and the noise that comes with it."""
    return noisy(image * 0.1, seq, 4.0)


def lamp_off(image: Image, seq: int) -> Image:
    """Half of the light, from the other side."""
    shade = np.linspace(0.2, 0.9, image.shape[1])[None, :, None]
    return noisy(image * shade, seq)


def truck(image: Image, seq: int) -> Image:
    """Something large and near in half of the picture."""
    drawn = image.copy()
    drawn[:, : image.shape[1] // 2] = (60, 140, 60)
    return noisy(drawn, seq)
