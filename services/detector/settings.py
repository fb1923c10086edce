"""framebus detector: its flags."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from libs.common.settings_checks import raw_topic
from services.detector.cloud_settings import CloudFlags
from services.detector.event_settings import EventFlags
from services.detector.filter_settings import FilterFlags
from services.detector.model_settings import KnownModels, ModelFlags
from services.detector.names import all_backends, is_backend
from services.detector.side_settings import SideFlags


class Settings(CloudFlags, EventFlags, FilterFlags, ModelFlags, KnownModels, SideFlags, StageSettings):
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
        "cameras only, who stands still is not seen; hog: OpenCV's people detector, slow; haar: faces, OpenCV's; "
        "onnx:FILE: a model, see --model-sha256; ultralytics:FILE: the same (AGPL-3.0); replay:FILE: what "
        "a file of MOTChallenge or JSON lines says; "
        "python:MODULE:FUNCTION: your own; rekognition: Amazon's; none: nobody, frames pass unlooked",
    )
    detect_size: Annotated[int | None, Flag(metavar="PIXELS")] = Field(
        None,
        ge=64,
        le=4096,
        description="longer side of the picture that is looked at, for motion (320 unless given), hog (1152), haar "
        "(480), python: (all there is) and models of any input size; smaller is quicker and misses what is small",
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

    @field_validator("backend")
    @classmethod
    def _backends_exist(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not is_backend(name):
                raise ValueError(f"expected {all_backends()}")
        if "none" in names and len(names) > 1:
            raise ValueError("none stands alone")
        return names

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.gate and len(self.backend) < 2:
            raise ValueError("--gate: expected two backends or more, like --backend motion --backend hog")
        if "rekognition" in self.backend and not self.send_raw_to_cloud:
            raise ValueError(
                "--send-raw-to-cloud: expected with --backend rekognition: pictures of people leave for Amazon"
            )
        if self.fallback and not self.cloud_budget:
            raise ValueError("--fallback: expected --cloud-budget with it")
        if self.infer_fps and self.interval:
            raise ValueError("--interval: expected it or --infer-fps, not both")
        if self.side_topics and self.topic == STREAM:
            raise ValueError("--draw and --crops: expected a Kafka topic to write with --topic, not -")
        if twice := {self.topic, *self.input} & set(self.side_topics):
            raise ValueError(f"{twice.pop()}: expected another topic for --events, --draw or --crops")
        return self

    @field_validator("topic")
    @classmethod
    def _topic_is_raw(cls, name: str) -> str:
        return raw_topic(name)

    def require(self) -> None:
        """Look at the files that are named here; raises SettingsError."""
        super().require()
        with_lines = [name for name, scene in self.read_scenes().entries if scene.lines]
        if with_lines and not self.tracks:
            raise SettingsError(f"--no-tracks: expected tracks for the lines of {with_lines[0]} in {self.scenes}")

    def also_writes(self) -> tuple[str, ...]:
        return self.side_topics

    @property
    def most_fps(self) -> float:
        """Most looks per second and camera, 0: no limit."""
        return 1 / self.interval if self.interval else self.infer_fps
