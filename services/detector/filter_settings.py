"""Flags about what is reported, and where and when it is looked for."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag, Words
from services.detector.filters import Rules
from services.detector.limits import a_label, at_least, limits, ratio, share
from services.detector.scenes import NO_SCENES, Scenes, read_scenes


class FilterFlags(BaseModel):
    """What is left out is neither reported nor covered; by default nothing is."""

    labels: Annotated[Words, Flag(metavar="LABEL")] = Field(
        (), description="report only these, like person,car; verdicts promise no others"
    )
    confidence: Annotated[Words, Flag(metavar="[LABEL=]N")] = Field(
        (), description="report only what is at least so sure, 0 to 1: 0.4 for all, person=0.25 for one label"
    )
    area: Annotated[Words, Flag(metavar="[LABEL=]LOW-HIGH")] = Field(
        (), description="report only boxes of such a share of the picture: 0.0005-0.5, or person=0.001-0.3"
    )
    ratio: Annotated[Words, Flag(metavar="[LABEL=]LOW-HIGH")] = Field(
        (), description="report only boxes of such a shape, width by height in pixels: 0.2-5, or person=0.1-1.5"
    )
    scenes: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="YAML: camera or glob -> its zones, masks, lines and hours; read once, at start"
    )
    show_zones: Annotated[Path | None, Flag(metavar="IMAGE")] = Field(
        None, description="draw all that onto a picture of the camera --name, with what is found there, and exit"
    )

    @field_validator("labels")
    @classmethod
    def _labels_are_labels(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(a_label(word) for word in words)

    @field_validator("confidence")
    @classmethod
    def _confidence_is_readable(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        limits(words, at_least)
        return words

    @field_validator("area")
    @classmethod
    def _area_is_readable(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        limits(words, share)
        return words

    @field_validator("ratio")
    @classmethod
    def _ratio_is_readable(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        limits(words, ratio)
        return words

    @property
    def rules(self) -> Rules:
        return Rules(
            labels=frozenset(self.labels),
            confidence=limits(self.confidence, at_least),
            area=limits(self.area, share),
            ratio=limits(self.ratio, ratio),
        )

    def read_scenes(self) -> Scenes:
        """What the file of --scenes says. Raises SettingsError."""
        return read_scenes(self.scenes) if self.scenes else NO_SCENES
