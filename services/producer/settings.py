"""framebus producer: its flags."""

import re
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common.bus_stream import STREAM
from libs.common.flags import Flag
from libs.common.messages import Event, Message, Status
from libs.common.settings import SourceSettings
from libs.common.settings_checks import topic_name
from services.producer.camera_settings import CameraFlags
from services.producer.plan import Plan
from services.producer.plans import plan_of

NONE = "none"


class Settings(CameraFlags, SourceSettings):
    """Flags of the producer."""

    imagebus_url: Annotated[SecretStr | None, Flag(hidden=True)] = Field(None, validation_alias="URL")
    webcam: Annotated[str | None, Flag(hidden=True)] = Field(None, validation_alias="WEBCAM")
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.source", description="topic to write; - is stdout")
    name: Annotated[str, Flag("-n", "CAMERA")] = Field("camera", description="the camera's name")
    events: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "events", description="topic for connected and disconnected; none: nowhere, as with -t -"
    )
    status: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "cameras",
        description="topic for the latest state of each camera; none: nowhere, as with -t -",
    )

    @field_validator("name")
    @classmethod
    def _name_is_a_key(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
            raise ValueError(
                "expected letters, digits, _ . - and no other sign, the first a letter or digit, 64 at most"
            )
        return name

    @field_validator("events", "status")
    @classmethod
    def _is_a_topic(cls, name: str) -> str:
        return topic_name(name)

    def require(self) -> None:
        super().require()
        self.plans()

    def plans(self) -> dict[str, Plan]:
        """By camera, in the order in which they were given. Raises SettingsError."""
        given = self.model_copy(update={"url": self.url or self.imagebus_url or self._webcam_url()})
        return {self.name: plan_of(self.name, given)}

    def _webcam_url(self) -> SecretStr | None:
        """imagebus called it by its number alone."""
        if self.webcam is None:
            return None
        number = self.webcam.removeprefix("webcam").removeprefix(":")
        return SecretStr(f"webcam:{number}" if number else "webcam")

    def sides(self) -> dict[type[Message], str | None]:
        """Where messages go that are no frames; None: nowhere."""
        return {Event: self._side(self.events), Status: self._side(self.status)}

    def also_writes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(topic for topic in self.sides().values() if topic))

    def _side(self, topic: str) -> str | None:
        return None if self.topic == STREAM or topic in (NONE, STREAM) else topic
