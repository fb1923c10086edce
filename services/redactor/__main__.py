"""framebus redactor: settings and wiring."""

import sys
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, field_validator

from libs.common import service
from libs.common.flags import Flag, Words
from libs.common.settings import StageSettings
from libs.common.settings_checks import printable
from services.redactor.policy import Policy
from services.redactor.redact import Redact

LONGEST_LABEL = 64
TEXT = "Covers people in frames; what nobody has looked at leaves black."


class Settings(StageSettings):
    """Flags of the redactor."""

    labels: Annotated[Words, Flag(positional=True, metavar="LABEL")] = Field(
        (), description="what to cover: person, face, moving ...; none: every label that was looked for"
    )
    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.detected",), min_length=1, description="topic to read, repeatable; - is stdin"
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.redacted", description="topic to write; - is stdout")
    margin: Annotated[float, Flag(metavar="RATIO")] = Field(
        0.15, ge=0, le=5, description="how much a box grows on each side, as a part of its size"
    )
    hold: Annotated[float, Flag(metavar="SECONDS")] = Field(
        0.5, ge=0, le=30, description="cover a box for so long after it was last seen"
    )
    lookahead: Annotated[float, Flag(metavar="SECONDS")] = Field(
        0.5, ge=0, le=30, description="cover a box for so long before it is first seen; every frame waits for it"
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

    @field_validator("labels")
    @classmethod
    def _lower(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        for label in labels:
            if not 0 < len(printable(label)) <= LONGEST_LABEL:
                raise ValueError(f"expected labels of at most {LONGEST_LABEL} characters")
        return tuple(label.lower() for label in labels)

    def policy(self) -> Policy:
        """What the stage needs of this."""
        return Policy(
            labels=self.labels,
            margin=self.margin,
            hold_s=self.hold,
            lookahead_s=self.lookahead,
            max_gap_s=self.max_gap,
            max_hold_s=self.max_hold,
            quality=self.quality,
            max_held_bytes=self.hold_mib << 20,
            keep_boxes=self.boxes,
        )


def serve(settings: Settings, process: service.Service) -> None:
    process.run_stages(settings, {topic: Redact(settings.policy(), process.clock) for topic in settings.input})


def check(settings: Settings) -> list[str]:
    return [f"covers {', '.join(settings.labels) or 'every label'}: {settings.policy().text}"]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "redactor", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
