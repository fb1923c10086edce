"""What messages are made of: maps that keep what they do not know, and the forms of their fields."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Side = Annotated[int, Meta(ge=1, le=65535)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=1024)]
Label = Annotated[str, Meta(pattern=r"^[^A-Z\x00-\x1f]{1,64}\Z")]
Labels = Annotated[tuple[Label, ...], Meta(max_length=1000)]


class Unknown(dict[str, Any]):
    """Fields that this version does not know, by name. Only the codec makes these: none can come from the wire."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A map of the wire; `unknown` is what the codec puts back beside the known fields."""

    unknown: Unknown | UnsetType = field(default=UNSET, name="")
