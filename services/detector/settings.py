"""framebus detector: its flags."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common.bus_stream import STREAM
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from libs.common.settings_checks import topic_name
from services.detector.names import all_backends, is_backend


class Settings(StageSettings):
    """Flags of the detector."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.source",), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.detected", description="topic to write; - is stdout")
    backend: Annotated[Words, Flag("-b", "NAME")] = Field(
        ("motion",),
        min_length=1,
        max_length=8,
        description="who looks, repeatable, one after another. motion: what moves before a still background, fixed "
        "cameras only, who stands still is not seen; hog: OpenCV's people detector, slow; replay:FILE: what a file of "
        "MOTChallenge or JSON lines says; none: nobody, frames pass unlooked",
    )
    gate: Annotated[bool, Flag()] = Field(
        False,
        description="the first backend is a gate: the others look only where it found something, at the whole picture "
        "every --look-every seconds, and the frames in between are carried",
    )
    look_every: Annotated[float, Flag(metavar="SECONDS")] = Field(
        0.8, gt=0, le=3600, description="with --gate; must stay below the redactor's --max-gap, or nothing is shown"
    )
    regions: Annotated[int, Flag(metavar="N")] = Field(
        4, ge=1, le=64, description="with --gate: most parts of one picture; where there are more, all of it"
    )
    infer_fps: Annotated[float, Flag(metavar="N")] = Field(
        0, ge=0, le=1000, description="look at most N times a second per camera, 0: no limit; the others are carried"
    )
    interval: Annotated[float, Flag(metavar="SECONDS")] = Field(
        0, ge=0, le=3600, description="the same as a time between two looks, like 0.5; 0: no limit"
    )
    events: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "events", description="topic for what happened; none: only in the frames, as with -t -"
    )

    @field_validator("backend")
    @classmethod
    def _backends_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not is_backend(name):
                raise ValueError(f"expected {all_backends()}")
        if "none" in names and len(names) > 1:
            raise ValueError("none stands alone")
        return names

    @field_validator("events")
    @classmethod
    def _events_is_a_topic(cls, name: str) -> str:
        return topic_name(name)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.gate and len(self.backend) < 2:
            raise ValueError("--gate: expected two backends or more, like --backend motion --backend hog")
        if self.infer_fps and self.interval:
            raise ValueError("--interval: expected it or --infer-fps, not both")
        return self

    def also_writes(self) -> tuple[str, ...]:
        return (self.events_topic,) if self.events_topic else ()

    @property
    def most_fps(self) -> float:
        """Most looks per second and camera, 0: no limit."""
        return 1 / self.interval if self.interval else self.infer_fps

    @property
    def events_topic(self) -> str | None:
        """Where events go, if anywhere."""
        return None if self.events == "none" or self.topic == STREAM else self.events
