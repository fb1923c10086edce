"""Tries a backend on a drawn picture: what it finds there means nothing, that it answers does."""

import statistics
import time

import numpy as np

from libs.common import images
from libs.common.errors import SettingsError
from libs.common.messages import Frame
from services.detector.backend import Backend
from services.detector.picture import Picture

WIDTH, HEIGHT = 1280, 720


def tried(backend: Backend, looks: int = 1) -> str:
    """A line that says how long a look took. Raises SettingsError where it fails."""
    took_s = []
    try:
        for _ in range(looks):
            picture = Picture(_drawn())
            started_s = time.perf_counter()
            backend.look(picture)
            took_s.append(time.perf_counter() - started_s)
    except Exception as error:
        raise SettingsError(
            f"{backend.model}: expected it to look at a drawn picture ({' '.join(str(error).split())[:300]})"
        ) from None
    first = f", the first {1000 * took_s[0]:.1f} ms" if looks > 1 else ""
    return f"a look at a drawn picture of {WIDTH}x{HEIGHT}: {1000 * statistics.median(took_s):.1f} ms{first}"


def _drawn() -> Frame:
    """A gradient."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    image = np.stack([columns % 256, rows % 256, (rows + columns) % 256], axis=-1).astype(np.uint8)
    return Frame(
        camera="drawn",
        boot="00000000",
        seq=0,
        captured_at=0,
        width=WIDTH,
        height=HEIGHT,
        image=images.encode(image),
        image_by="framebus",
    )
