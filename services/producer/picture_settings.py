"""What may be asked of a camera's pictures: turned, mirrored, with time and text burnt in."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag
from libs.common.hours import zone_of
from libs.common.settings_checks import printable
from services.producer.pictures.stamp import LONGEST, Caption, check_caption
from services.producer.pictures.turning import ANGLES, Turning, clockwise, flipped


class PictureFlags(BaseModel):
    """A part of a camera's settings."""

    rotate: Annotated[int, Flag(metavar="|".join(map(str, ANGLES)))] = Field(
        0, description="turn the upright picture clockwise, in degrees"
    )
    flip: Annotated[Literal["horizontal", "vertical", "both"] | None, Flag()] = Field(
        None, description="then change left and right, top and bottom, or both"
    )
    stamp: Annotated[bool, Flag()] = Field(False, description="burn the time of capture in, to the second")
    text: Annotated[str | None, Flag()] = Field(
        None, min_length=1, max_length=LONGEST, description="burn this line in, behind the time if there is one"
    )
    stamp_at: Annotated[Literal["top-left", "top-right", "bottom-left", "bottom-right"], Flag()] = Field(
        "top-left", description="corner for --stamp and --text"
    )
    stamp_font: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="TrueType font for --stamp and --text; without it only ASCII can be drawn"
    )

    @field_validator("rotate")
    @classmethod
    def _rotates_by_quarters(cls, degrees: int) -> int:
        if degrees not in ANGLES:
            raise ValueError(f"expected one of {', '.join(map(str, ANGLES))}")
        return degrees

    @field_validator("text")
    @classmethod
    def _text_is_one_line(cls, text: str | None) -> str | None:
        return text if text is None else printable(text)

    def turning(self) -> Turning:
        """Of the picture that already stands upright."""
        return clockwise(self.rotate).then(flipped(self.flip))

    def caption(self, timezone: str | None) -> Caption | None:
        """None: nothing is burnt in. Raises SettingsError where it cannot be drawn."""
        if not self.stamp and self.text is None:
            return None
        font = str(self.stamp_font) if self.stamp_font else None
        caption = Caption(
            self.text or "", zone_of(timezone or "UTC", "timezone") if self.stamp else None, self.stamp_at, font
        )
        check_caption(caption)
        return caption
