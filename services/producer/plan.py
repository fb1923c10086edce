"""What to send of one camera: made from flags or from a file of cameras, and what its supervisor compares."""

from dataclasses import dataclass, field

from libs.common.hours import Hours
from services.producer.orders.schedule import Schedule
from services.producer.pictures.resize import Resize
from services.producer.pictures.stamp import Caption
from services.producer.pictures.turning import UPRIGHT, Turning


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Two equal plans are the same camera, unchanged."""

    url: str = field(repr=False)
    secondary_url: str | None = field(default=None, repr=False)
    video_url: str | None = field(default=None, repr=False)
    """Where the segments come from; None: from where the frames come from."""
    camera: str
    every: int = 1
    fps: float | None = None
    key_frames: str | None = None
    """`only` or `at-rest`; None: they are decoded like others."""
    rtsp_transport: str = "tcp"
    hwaccel: str | None = None
    turning: Turning = UPRIGHT
    resize: Resize | None = None
    caption: Caption | None = None
    quality: int = 85
    loop: bool = False
    speed: float = 1.0
    active: Hours | None = None
    """When it is open; None: always."""
    schedules: tuple[Schedule, ...] = ()
    video: bool = False
    audio: bool = False
    packets_only: bool = False
    """Nothing but segments is made, and nothing is decoded."""
    on_demand: bool = False
    tls_insecure: bool = False
    plugin: str | None = None
    """MODULE:FUNCTION, instead of a URL."""
