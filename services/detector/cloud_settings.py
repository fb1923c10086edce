"""Flags about looks that are paid for and leave the house."""

from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag
from services.detector.names import all_backends, is_backend


class CloudFlags(BaseModel):
    """Of the backend rekognition, which finds what --labels names."""

    send_raw_to_cloud: Annotated[bool, Flag()] = Field(
        False, description="rekognition: pictures with people in them may leave for the cloud"
    )
    cloud_budget: Annotated[int, Flag(metavar="N")] = Field(
        0,
        ge=0,
        le=1_000_000_000,
        description="rekognition: most calls per day (UTC) of this process, counted from its start; 0: no limit",
    )
    fallback: Annotated[str | None, Flag(metavar="BACKEND")] = Field(
        None, description="rekognition: who looks when the budget of the day is spent; nobody, unless given"
    )
    max_labels: Annotated[int, Flag(metavar="N")] = Field(
        100, ge=1, le=1000, description="rekognition: most labels in one answer, at least as many as in --labels"
    )
    min_confidence: Annotated[float, Flag(metavar="PERCENT")] = Field(
        55, ge=0, le=100, description="rekognition: what is less sure is not in its answers"
    )

    @field_validator("fallback")
    @classmethod
    def _fallback_exists(cls, name: str | None) -> str | None:
        if name is not None and (not is_backend(name) or name in ("none", "rekognition")):
            raise ValueError(f"expected {all_backends()}, but for rekognition and none")
        return name
