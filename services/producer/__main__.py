"""framebus producer: settings and wiring."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common import service
from libs.common.errors import FatalError, SettingsError
from libs.common.flags import Flag
from libs.common.scrub import hide_address
from libs.common.settings import SourceSettings, secret
from services.producer.produce import Plan, produce
from services.producer.resize import parse_resize
from services.producer.sources import read_url
from services.producer.video import SourceError, open_video

TEXT = "Publishes the frames of a camera, a file or a webcam."


class Settings(SourceSettings):
    """Flags of the producer."""

    url: Annotated[SecretStr | None, Flag(positional=True, metavar="URL")] = Field(
        None,
        description="rtsp://HOST/PATH, a video file, webcam or webcam:N; better from FRAMEBUS_URL or --url-file when "
        "it holds a password",
    )
    url_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(None, description="file whose first line is the URL")
    imagebus_url: Annotated[SecretStr | None, Flag(hidden=True)] = Field(None, validation_alias="URL")
    webcam: Annotated[str | None, Flag(hidden=True)] = Field(None, validation_alias="WEBCAM")
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.source", description="topic to write; - is stdout")
    name: Annotated[str, Flag("-n", "CAMERA")] = Field("camera", description="the camera's name")
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

    @field_validator("name")
    @classmethod
    def _name_is_a_key(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
            raise ValueError(
                "expected letters, digits, _ . - and no other sign, the first a letter or digit, 64 at most"
            )
        return name

    @field_validator("resize")
    @classmethod
    def _resize_is_readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_resize(text)
        return text

    def require(self) -> None:
        super().require()
        read_url(self.source())

    def source(self) -> str:
        """The URL, wherever it was given; raises SettingsError if it was not."""
        if url := secret(self.url or self.imagebus_url, self.url_file, "url-file", hide_address):
            return url
        if self.webcam is not None:
            return "webcam:" + self.webcam.removeprefix("webcam").removeprefix(":") if self.webcam else "webcam"
        raise SettingsError("url: expected one, as the first word, in FRAMEBUS_URL or in --url-file")

    def plan(self) -> Plan:
        """What the source needs of this."""
        return Plan(
            url=self.source(),
            camera=self.name,
            every=self.every,
            fps=self.fps,
            resize=parse_resize(self.resize) if self.resize else None,
            quality=self.quality,
            loop=self.loop,
            speed=self.speed,
        )


def serve(settings: Settings, process: service.Service) -> None:
    plan = settings.plan()
    live = read_url(plan.url).live

    def count(reason: str) -> None:
        process.metrics.skipped.labels(reason).inc()

    def wait(seconds: float) -> bool:
        process.health.beat()
        return process.stop.wait(seconds)

    messages = produce(plan, process.clock, wait, count, took=process.metrics.step_s.observe)
    process.run_source(settings, iter(messages), live)


def check(settings: Settings) -> list[str]:
    source = read_url(settings.source())
    try:
        with open_video(source) as pictures:
            _, picture = next(iter(pictures))
    except (SourceError, StopIteration) as error:
        raise FatalError(str(error) or f"{source.label}: no pictures") from None
    return [f"{source.label} as {settings.name}: {picture.width}x{picture.height}"]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "producer", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
