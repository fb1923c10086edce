"""The detector's flags for tracks and events."""

from typing import Annotated

from pydantic import BaseModel, Field

from libs.common.flags import Flag


class EventFlags(BaseModel):
    """A part of the detector's settings."""

    tracks: Annotated[bool, Flag()] = Field(
        True, description="name what is the same thing in successive frames; needed for lines"
    )
    debounce: Annotated[float, Flag(metavar="SECONDS")] = Field(
        3, ge=0, le=3600, description="looked for and not found for so long: detection.ended"
    )
    confirm: Annotated[int, Flag(metavar="LOOKS")] = Field(
        2, ge=1, le=1000, description="looks in which a label must be found for detection.started; a still is enough"
    )
