"""framebus redactor: settings and wiring."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common import service
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from libs.common.settings_checks import printable
from services.redactor import styles
from services.redactor.masks import NO_MASKS, read_masks
from services.redactor.policy import Policy
from services.redactor.redact import Redact
from services.redactor.words import ALL_BUT, wanted_by

log = logging.getLogger(__name__)

LONGEST_LABEL = 64
TEXT = "Covers people in frames; what nobody has looked at leaves black."


class Settings(StageSettings):
    """Flags of the redactor."""

    labels: Annotated[Words, Flag(positional=True, metavar="LABEL")] = Field(
        (),
        description="what to cover: person, face, moving ...; none: every label that was looked for; "
        f"{ALL_BUT} car dog: every label but these",
    )
    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.detected",), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.redacted", description="topic to write; - is stdout")
    cover: Annotated[styles.Name, Flag()] = Field(
        "solid", description=f"how it looks; pixelate and blur {styles.UNDOABLE}"
    )
    masks: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="YAML: camera or glob -> areas (polygons in 0..1) that are always covered"
    )
    margin: Annotated[float, Flag(metavar="RATIO")] = Field(
        0.15, ge=0, le=5, description="how much a box grows on each side, as a part of its size"
    )
    hold: Annotated[float, Flag(metavar="SECONDS")] = Field(
        1.0, ge=0, le=30, description="cover a box for so long after it was last seen"
    )
    lookahead: Annotated[float, Flag(metavar="SECONDS")] = Field(
        1.0,
        ge=0,
        le=30,
        description="cover a box for so long before it is first seen; every frame waits for it; "
        "0 is weaker: whoever appears is covered only from then on, and nobody's way through a gap is known",
    )
    max_gap: Annotated[float, Flag(metavar="SECONDS")] = Field(
        1.0, gt=0, le=30, description="frames that were not looked at leave only between two that were, so far apart"
    )
    max_hold: Annotated[float, Flag(metavar="SECONDS")] = Field(
        30, gt=0, le=3600, description="what nothing releases within this leaves black"
    )
    hold_mib: Annotated[int, Flag(metavar="MIB")] = Field(
        64, ge=4, le=65536, description="held frames take at most this much memory, then the oldest leaves black"
    )
    quality: Annotated[int, Flag()] = Field(85, ge=1, le=100, description="JPEG quality of covered pictures")
    boxes: Annotated[bool, Flag()] = Field(
        True, description="publish the boxes of what was covered (they are personal data too)"
    )
    keep_tracks: Annotated[bool, Flag()] = Field(
        False, description="publish tracks, zones and parents of detections too: who went where is personal data"
    )

    @field_validator("labels")
    @classmethod
    def _lower(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        for label in labels:
            if not 0 < len(printable(label)) <= LONGEST_LABEL:
                raise ValueError(f"expected labels of at most {LONGEST_LABEL} characters")
        lower = tuple(label.lower() for label in labels)
        wanted_by(lower)
        return lower

    @model_validator(mode="after")
    def _tracks_need_boxes(self) -> Self:
        if self.keep_tracks and not self.boxes:
            raise ValueError("--keep-tracks: unused with --no-boxes, which leaves out all detections")
        return self

    def require(self) -> None:
        """Look at the files that are named here; raises SettingsError."""
        super().require()
        self.policy()

    def policy(self) -> Policy:
        """What the stage needs of this. Raises SettingsError where the masks cannot be read."""
        return Policy(
            labels=self.labels,
            cover=self.cover,
            masks=read_masks(self.masks) if self.masks else NO_MASKS,
            margin=self.margin,
            hold_s=self.hold,
            lookahead_s=self.lookahead,
            max_gap_s=self.max_gap,
            max_hold_s=self.max_hold,
            quality=self.quality,
            max_held_bytes=self.hold_mib << 20,
            keep_boxes=self.boxes,
            keep_tracks=self.keep_tracks,
        )


def serve(settings: Settings, process: service.Service) -> None:
    policy = settings.policy()
    for warning in policy.warnings:
        log.warning("%s", warning)
    process.run_stages(settings, {topic: Redact(policy, process.clock) for topic in settings.input})


def check(settings: Settings) -> list[str]:
    policy = settings.policy()
    covers = f"covers {policy.wanted}: {policy.text}"
    return [covers, *([str(policy.masks)] if settings.masks else []), *policy.warnings]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "redactor", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
