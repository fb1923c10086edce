"""What to send of one camera: made from flags or from a file of cameras, and what its supervisor compares."""

from dataclasses import dataclass, field

from services.producer.resize import Resize


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Two equal plans are the same camera, unchanged."""

    url: str = field(repr=False)
    camera: str
    every: int = 1
    fps: float | None = None
    resize: Resize | None = None
    quality: int = 85
    loop: bool = False
    speed: float = 1.0
