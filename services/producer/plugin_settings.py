"""Cameras that a function reads: a part of what a camera may be given."""

import re
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag


class PluginFlags(BaseModel):
    """A part of the flags of one camera."""

    plugin: Annotated[str | None, Flag(metavar="MODULE:FUNCTION")] = Field(
        None, description="instead of a URL: a function of your own gives the pictures, such as a Pi camera's"
    )

    @field_validator("plugin")
    @classmethod
    def _plugin_is_readable(cls, path: str | None) -> str | None:
        if path is not None and not re.fullmatch(r"[A-Za-z_][\w.]{0,100}:[A-Za-z_]\w{0,100}", path):
            raise ValueError("expected MODULE:FUNCTION")
        return path
