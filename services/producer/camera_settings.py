"""What one camera may be given, by flags or in a file of cameras."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, field_validator

from libs.common.flags import Flag
from services.producer.resize import parse_resize


class CameraFlags(BaseModel):
    """A part of the producer's settings."""

    url: Annotated[SecretStr | None, Flag(positional=True, metavar="URL")] = Field(
        None,
        description="rtsp://HOST/PATH, a video file, webcam or webcam:N; better from FRAMEBUS_URL or --url-file when "
        "it holds a password",
    )
    url_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(None, description="file whose first line is the URL")
    every: Annotated[int, Flag("-f", "N")] = Field(1, ge=1, description="exactly one of every N frames")
    fps: Annotated[float | None, Flag()] = Field(None, gt=0, le=1000, description="at most so many frames per second")
    resize: Annotated[str | None, Flag(metavar="WIDTHxHEIGHT")] = Field(
        None, description="also WIDTH, or a factor such as 0.5"
    )
    quality: Annotated[int, Flag()] = Field(85, ge=1, le=100, description="JPEG quality")
    loop: Annotated[bool, Flag()] = Field(False, description="a file begins again at its end")
    speed: Annotated[float, Flag()] = Field(
        1.0, ge=0, le=1000, description="a file plays so many times its own speed; 0: as fast as it can"
    )

    @field_validator("resize")
    @classmethod
    def _resize_is_readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_resize(text)
        return text
