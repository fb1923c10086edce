"""What rules.yaml says of an MQTT broker."""

from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.notifier.channels.host import Host
from services.notifier.channels.mqtt.cameras import Cameras
from services.notifier.channels.mqtt.channel import MqttChannel
from services.notifier.channels.mqtt.client import Broker
from services.notifier.channels.mqtt.discovery import Discovery
from services.notifier.channels.mqtt.home import Home
from services.notifier.channels.mqtt.link import Link
from services.notifier.channels.mqtt.names import Topics
from services.notifier.channels.mqtt.scene import MOST_LABELS
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.channels.trust import trust
from services.notifier.rules.secrets import secret_of

PORT, TLS_PORT = 1883, 8883
TOPIC = r"[A-Za-z0-9_.-]{1,64}(/[A-Za-z0-9_.-]{1,64}){0,7}"


class MqttSettings(ChannelSettings):
    """Programs read it, nobody is woken: the rate limit is far above that of other channels."""

    can_edit: ClassVar[bool] = True
    watches: ClassVar[bool] = True

    type: Literal["mqtt"] = "mqtt"
    host: Host = Field(description="name or address of the broker; it may be a private one")
    port: int | None = Field(None, ge=1, le=65535, description="else 1883, with TLS 8883")
    protocol: Literal["5", "3.1.1"] = Field("5", description="version of MQTT; 3.1.1 for old brokers, in quotes")
    tls: bool = Field(False, description="without it all goes in clear, the password too")
    cafile: Path | None = Field(None, description="certificates (PEM) to trust instead of the system's")
    certfile: Path | None = Field(None, description="our own certificate (PEM), if the broker wants one")
    keyfile: Path | None = Field(None, description="its key (PEM), if that is in another file")
    username: str | None = Field(None, min_length=1, description="login, if the broker wants one")
    password: SecretStr | None = None
    password_file: Path | None = None
    client_id: str | None = Field(
        None, pattern=r"^[!-~]{1,128}$", description="else framebus-, channel and instance; of each process its own"
    )
    topic: str = Field(
        "framebus", pattern=f"^{TOPIC}$", description="how all topics begin; another one for each framebus of a broker"
    )
    last_picture: bool = Field(False, description="keep the last picture of a camera at the broker, and show it")
    discovery: str | None = Field(
        "homeassistant", pattern=f"^{TOPIC}$", description="prefix of Home Assistant's discovery; null: none"
    )
    arm: bool = Field(True, description="a switch for alerts: whoever may write to the broker pauses them")
    labels: int = Field(32, ge=0, le=MOST_LABELS, description="sensors for at most so many labels of a camera")
    limit: int = Field(600, ge=1, le=1000, description="at most so many messages ...")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.username is None and (self.password is not None or self.password_file is not None):
            raise ValueError("expected a username beside the password")
        if not self.tls and (self.cafile or self.certfile or self.keyfile):
            raise ValueError("expected `tls: true` beside cafile, certfile and keyfile")
        if self.keyfile and not self.certfile:
            raise ValueError("expected a certfile beside the keyfile")
        if self.last_picture and not self.picture:
            raise ValueError("expected `picture: true` beside `last_picture: true`")
        return self

    def secrets(self) -> tuple[str, ...]:
        return ("password",)

    def open(self, tools: Tools) -> MqttChannel:
        """It connects by itself, from now on."""
        topics = Topics(self.topic, self.discovery)
        # What is wrong with a file is said here; it is read again before every attempt.
        self.broker(tools, topics.available)
        home = Home(Cameras(Discovery(topics, self.arm, self.last_picture, self.labels), tools.instance), topics, tools)
        link = Link(lambda: self.broker(tools, topics.available), topics.heard, home.up, home.heard)
        home.start(link)
        link.start()
        return MqttChannel(link, home, topics, self.picture, self.last_picture)

    def broker(self, tools: Tools, will: str) -> Broker:
        """Raises SettingsError."""
        return Broker(
            host=self.host,
            port=self.port or (TLS_PORT if self.tls else PORT),
            client_id=self.client_id or f"framebus-{tools.name}-{tools.instance}",
            will=will,
            mqtt5=self.protocol == "5",
            username=self.username,
            password=secret_of(self, "password", tools.folder),
            tls=trust(tools.folder, self.cafile, self.certfile, self.keyfile) if self.tls else None,
        )
