"""The flags of framebus redact-check."""

from os.path import abspath, dirname, isdir
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words

PREFIX = "FRAMEBUS_REDACT_CHECK_"


class Settings(BaseSettings):
    """What is checked, with which services, and where the figures go."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, populate_by_name=True)

    video: Annotated[Path | None, Flag(metavar="CLIP")] = Field(None, description="a video file whose people are known")
    truth: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None,
        description="who is where in it: MOTChallenge lines frame,id,left,top,width,height,conf,class,visibility, "
        "frame 1 is the first, pixels; frames without a line are not judged, only their covered area is",
    )
    detections: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="instead of looking: what was found, as MOTChallenge or JSON lines (backend replay)"
    )
    backend: Annotated[Words, Flag("-b", "NAME")] = Field((), description="the detector's, repeatable; none: its own")
    detector_config: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="other settings of the detector, as its --config"
    )
    redactor_config: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="other settings of the redactor, as its --config"
    )
    labels: Annotated[Words, Flag(metavar="LABEL")] = Field(
        (), description="what is covered; none: person with --detections, else every label that was looked for"
    )
    margin: Annotated[float | None, Flag(metavar="RATIO")] = Field(None, ge=0, le=5, description="the redactor's")
    hold: Annotated[float | None, Flag(metavar="SECONDS")] = Field(None, ge=0, le=30, description="the redactor's")
    lookahead: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, ge=0, le=30, description="the redactor's; a second redactor runs without any, to compare"
    )
    cover: Annotated[Literal["solid", "pixelate", "blur"] | None, Flag()] = Field(
        None,
        description="the redactor's; of pixelate and blur, which can be undone, only the place can be judged",
    )
    max_leak: Annotated[float | None, Flag(metavar="PERCENT")] = Field(
        None, ge=0, le=100, description="status 1 if more of the labelled boxes are more than 10 % visible"
    )
    json_: Annotated[str | None, Flag(metavar="FILE")] = Field(
        None, validation_alias=PREFIX + "JSON", description="write all figures there; - is stdout, instead of the table"
    )
    sheet: Annotated[Path | None, Flag(metavar="FILE.jpg")] = Field(
        None, description="write a picture of the worst frames; people can be seen in it: raw"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.detections and self.backend:
            raise ValueError("--detections: expected it or --backend, not both")
        return self

    def require(self) -> None:
        """Look at the files that are named; raises SettingsError. What is in them is read later, and once."""
        for name in ("video", "truth", "detections", "detector_config", "redactor_config"):
            if getattr(self, name) is not None:
                self.file(name)
        for flag, out in (("--json", self.json_), ("--sheet", self.sheet)):
            if out is not None and str(out) != "-" and not isdir(dirname(abspath(out))):
                raise SettingsError(f"{flag} {out}: expected a file in a folder that is there")

    def file(self, name: str) -> Path:
        """A file that must be there; raises SettingsError."""
        flag, path = f"--{name.replace('_', '-')}", getattr(self, name)
        if path is None:
            raise SettingsError(f"{flag}: expected a file")
        try:
            if not path.is_file():
                raise FileNotFoundError
        except (OSError, ValueError):
            raise SettingsError(f"{flag} {path}: expected a file that is there") from None
        return Path(path)

    def detector_flags(self) -> list[str]:
        """What the detector is started with."""
        backends = [f"replay:{self.detections}"] if self.detections else self.backend
        config = ["--config", str(self.detector_config)] if self.detector_config else []
        return [*config, *(word for name in backends for word in ("--backend", name))]

    def redactor_flags(self) -> list[str]:
        """What the redactor is started with; it keeps its own defaults where nothing is said here."""
        labels = self.labels or (("person",) if self.detections else ())
        config = ["--config", str(self.redactor_config)] if self.redactor_config else []
        given = {name: getattr(self, name) for name in ("margin", "hold", "lookahead", "cover")}
        flags = [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
        # This machine may be slow; how long a frame waits for it says nothing about how it is covered.
        return [*labels, *config, *flags, "--max-hold", "3600"]
