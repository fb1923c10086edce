"""framebus producer: its flags."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.messages import Message, Segment
from libs.common.registry.telling import TellingSettings
from libs.common.settings_checks import topic_name
from services.producer.camera_settings import CameraFlags, camera_name
from services.producer.fleet_settings import FleetSettings
from services.producer.plan import Plan
from services.producer.plans import plan_of
from services.producer.sources.urls import WEBRTC
from services.producer.video_settings import VideoSettings
from services.producer.webrtc_settings import WebrtcSettings


class Settings(CameraFlags, FleetSettings, VideoSettings, WebrtcSettings, TellingSettings):
    """Flags of the producer."""

    imagebus_url: Annotated[SecretStr | None, Flag(hidden=True)] = Field(None, validation_alias="URL")
    webcam: Annotated[str | None, Flag(hidden=True)] = Field(None, validation_alias="WEBCAM")
    name: Annotated[str, Flag("-n", "CAMERA")] = Field("camera", description="the camera's name")
    control: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "control", description="topic of commands to cameras; none: nobody commands them, as with -t -"
    )

    @field_validator("name")
    @classmethod
    def _name_is_a_key(cls, name: str) -> str:
        return camera_name(name)

    _control_is_a_topic = field_validator("control")(topic_name)

    def require(self) -> None:
        super().require()
        template = self.webrtc()
        self.need_webrtc(template is not None)
        if template is not None and self.name != type(self).model_fields["name"].default:
            raise SettingsError(f"--name {self.name}: unused with webrtc: who joins names the camera")
        plans = {template.camera: template} if template else self.plans()
        self.need_video(plans, (self.topic, self.events, self.status))
        self.token()
        if self.workers > 1 and self.topic == STREAM:
            raise SettingsError(f"--workers {self.workers}: expected a topic, {STREAM} is for one process alone")

    def plans(self) -> dict[str, Plan]:
        """By camera, in the order in which they were given; of those that join none. Raises SettingsError."""
        if (fleet := self.fleet()) is not None:
            return dict(fleet.plans)
        plan = self._plan()
        return {} if plan.url == WEBRTC else {self.name: plan}

    def webrtc(self) -> Plan | None:
        """The plan of each camera that joins, but for its name; None: the source is another. Raises SettingsError."""
        if self.fleet() is not None:
            return None
        plan = self._plan()
        return plan if plan.url == WEBRTC else None

    def many(self) -> bool:
        """Cameras come and go while it runs."""
        return self.fleet() is not None or self.webrtc() is not None

    def _plan(self) -> Plan:
        self.need_no_fleet()
        given = self if self.url or self.url_file else self.model_copy(update={"url": self._url_of_imagebus()})
        return plan_of(self.name, given)

    def _url_of_imagebus(self) -> SecretStr | None:
        return self.imagebus_url or self._webcam_url()

    def _webcam_url(self) -> SecretStr | None:
        """imagebus called it by its number alone."""
        if self.webcam is None:
            return None
        number = self.webcam.removeprefix("webcam").removeprefix(":")
        return SecretStr(f"webcam:{number}" if number else "webcam")

    def sides(self) -> dict[type[Message], str | None]:
        return {**super().sides(), Segment: self.video_topic}

    def control_topic(self) -> str | None:
        """Where commands come from; None: from nowhere."""
        return self.side(self.control)

    def side_topics(self) -> dict[str, str]:
        return {**super().side_topics(), "control": self.control}
