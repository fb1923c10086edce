"""What one camera may be given, by flags or in a file of cameras."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common.flags import Flag, Texts
from libs.common.hours import zone_of
from libs.common.names import is_name
from services.producer.picture_settings import PictureFlags
from services.producer.pictures.resize import parse_resize
from services.producer.plugin_settings import PluginFlags
from services.producer.reading_settings import ReadingFlags
from services.producer.schedule_settings import ScheduleFlags


def camera_name(text: str) -> str:
    """A name that is a key on every topic. Raises ValueError."""
    if not is_name(text):
        raise ValueError("expected letters, digits, _ . - and no other sign, the first a letter or digit, 64 at most")
    return text


class CameraFlags(PluginFlags, ReadingFlags, ScheduleFlags, PictureFlags):
    """A part of the producer's settings."""

    url: Annotated[SecretStr | None, Flag(positional=True, metavar="URL")] = Field(
        None,
        description="rtsp://, rtmp:// or http://HOST/PATH, each also with s, a file, a folder of pictures, webcam, "
        "webcam:N or /dev/videoN, or webrtc, where browsers join; better from FRAMEBUS_URL or --url-file when it holds "
        "a password",
    )
    url_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(None, description="file whose first line is the URL")
    secondary_url: Annotated[SecretStr | None, Flag(metavar="URL")] = Field(
        None, description="read while the first URL gives no pictures; back to the first when it does again"
    )
    secondary_url_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the secondary URL"
    )
    video_url: Annotated[SecretStr | None, Flag(metavar="URL")] = Field(
        None, description="with --video-topic its packets come from there, the frames from the URL: main and substream"
    )
    video_url_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the video URL"
    )
    resize: Annotated[str | None, Flag(metavar="WIDTHxHEIGHT")] = Field(
        None, description="also WIDTH, or a factor such as 0.5"
    )
    quality: Annotated[int, Flag()] = Field(85, ge=1, le=100, description="JPEG quality")
    loop: Annotated[bool, Flag()] = Field(False, description="a file begins again at its end")
    speed: Annotated[float, Flag()] = Field(
        1.0, ge=0, le=1000, description="a file plays so many times its own speed; 0: as fast as it can"
    )
    active: Annotated[Texts, Flag(metavar="WINDOW")] = Field(
        (), description='open only then: "Mon-Fri 18:00-06:00", repeatable; outside of it nothing is fetched'
    )
    timezone: Annotated[str | None, Flag(metavar="ZONE")] = Field(
        None, description="zone of --active, --schedules and --stamp, like Europe/Berlin or UTC"
    )

    on_demand: Annotated[bool, Flag()] = Field(
        False,
        description="no frames but those asked for (framebus trigger, --schedules); no snapshot is taken without",
    )
    tls_insecure: Annotated[bool, Flag()] = Field(
        False, description="an https camera may show any certificate, so others can pose as it and read the login"
    )

    video: Annotated[bool, Flag()] = Field(
        True, description="with --video-topic its packets go there; --no-video: not of this camera"
    )
    audio: Annotated[bool, Flag()] = Field(
        False, description="with --video-topic its sound goes there, too. Raw: people can be heard"
    )

    @field_validator("resize")
    @classmethod
    def _resize_is_readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_resize(text)
        return text

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, name: str | None) -> str | None:
        if name is not None:
            zone_of(name, "timezone")
        return name
