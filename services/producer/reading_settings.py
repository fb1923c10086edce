"""How a camera's stream is read: a part of what it may be given."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from libs.common.errors import SettingsError
from libs.common.flags import Flag
from services.producer.video.hardware import parse_hwaccel


class ReadingFlags(BaseModel):
    """A part of the flags of one camera."""

    every: Annotated[int, Flag("-f", "N")] = Field(1, ge=1, description="exactly one of every N frames")
    fps: Annotated[float | None, Flag()] = Field(None, gt=0, le=1000, description="at most so many frames per second")
    interval: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, gt=0, le=86_400, description="at most one frame in so many seconds, also 0.5; the same as --fps 2"
    )
    key_frames: Annotated[Literal["only", "at-rest"] | None, Flag(metavar="WHEN")] = Field(
        None,
        description="only: nothing but key frames is decoded; at-rest: that while nothing moves, else every frame",
    )
    rtsp_transport: Annotated[Literal["tcp", "udp", "tcp-then-udp"], Flag()] = Field(
        "tcp", description="how RTSP brings the video; tcp-then-udp: over UDP where the camera refuses TCP"
    )
    hwaccel: Annotated[str | None, Flag(metavar="NAME[:DEVICE]")] = Field(
        None, description="decode in hardware, as FFmpeg calls it: cuda, qsv …; where it cannot, in software"
    )

    @field_validator("hwaccel")
    @classmethod
    def _hwaccel_is_there(cls, text: str | None) -> str | None:
        if text is not None:
            parse_hwaccel(text)
        return text

    def most_fps(self) -> float | None:
        """Frames per second at most. Raises SettingsError for both ways of saying it."""
        if self.fps is not None and self.interval is not None:
            raise SettingsError(f"--interval {self.interval:g}: expected it without --fps {self.fps:g}")
        return 1 / self.interval if self.interval is not None else self.fps
