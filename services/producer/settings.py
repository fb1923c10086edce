"""framebus producer: its flags."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.keyed import Gone
from libs.common.messages import Event, Message, Producer, Segment, Status
from libs.common.settings import SourceSettings
from libs.common.settings_checks import topic_name
from services.producer.camera_settings import CameraFlags, camera_name
from services.producer.fleet_settings import FleetSettings
from services.producer.plan import Plan
from services.producer.plans import plan_of
from services.producer.video_settings import VideoSettings

NONE = "none"


class Settings(CameraFlags, FleetSettings, VideoSettings, SourceSettings):
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
        description="topic for the latest state of each camera, and of this producer; none: nowhere, as with -t -",
    )
    control: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "control", description="topic of commands to cameras; none: nobody commands them, as with -t -"
    )
    takeover: Annotated[bool, Flag()] = Field(
        False, description="start even where another producer has one of these cameras now"
    )

    @field_validator("name")
    @classmethod
    def _name_is_a_key(cls, name: str) -> str:
        return camera_name(name)

    @field_validator("events", "status", "control")
    @classmethod
    def _is_a_topic(cls, name: str) -> str:
        return topic_name(name)

    def require(self) -> None:
        super().require()
        self._need_topics()
        self.need_video(self.plans(), (self.topic, self.events, self.status))
        self.token()
        if self.workers > 1 and self.topic == STREAM:
            raise SettingsError(f"--workers {self.workers}: expected a topic, {STREAM} is for one process alone")

    def plans(self) -> dict[str, Plan]:
        """By camera, in the order in which they were given. Raises SettingsError."""
        if (fleet := self.fleet()) is not None:
            return dict(fleet.plans)
        self.need_no_fleet()
        given = self if self.url or self.url_file else self.model_copy(update={"url": self._url_of_imagebus()})
        return {self.name: plan_of(self.name, given)}

    def _url_of_imagebus(self) -> SecretStr | None:
        return self.imagebus_url or self._webcam_url()

    def _webcam_url(self) -> SecretStr | None:
        """imagebus called it by its number alone."""
        if self.webcam is None:
            return None
        number = self.webcam.removeprefix("webcam").removeprefix(":")
        return SecretStr(f"webcam:{number}" if number else "webcam")

    def sides(self) -> dict[type[Message], str | None]:
        """Where messages go that are no frames; None: nowhere."""
        events, status = self._side(self.events), self._side(self.status)
        return {Event: events, Status: status, Producer: status, Gone: status, Segment: self.video_topic}

    def control_topic(self) -> str | None:
        """Where commands come from; None: from nowhere."""
        return self._side(self.control)

    def _need_topics(self) -> None:
        """Raises SettingsError where two kinds of messages would go to one topic: their rights are not the same."""
        taken = {self.topic}
        for flag, topic in (("events", self.events), ("status", self.status), ("control", self.control)):
            if topic in taken and self._side(topic):
                raise SettingsError(f"--{flag} {topic}: expected a topic of its own, others go there")
            taken.add(topic)

    def also_writes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(topic for topic in self.sides().values() if topic))

    def _side(self, topic: str) -> str | None:
        return None if self.topic == STREAM or topic in (NONE, STREAM) else topic
