"""The flags of a producer of frames that say where it tells of its cameras."""

from typing import Annotated

from pydantic import Field, field_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.keyed import Gone
from libs.common.messages import Event, Message, Producer, Status
from libs.common.settings import SourceSettings
from libs.common.settings_checks import topic_name

NONE = "none"


class TellingSettings(SourceSettings):
    """Beside the topic of its frames."""

    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("frames.source", description="topic to write; - is stdout")
    events: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "events", description="topic for connected and disconnected; none: nowhere, as with -t -"
    )
    status: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "cameras",
        description="topic for the latest state of each camera, and of this producer; none: nowhere, as with -t -",
    )
    takeover: Annotated[bool, Flag()] = Field(
        False, description="start even where another producer has one of these cameras now"
    )

    _topics = field_validator("events", "status")(topic_name)

    def require(self) -> None:
        super().require()
        self.need_own_topics()

    def side_topics(self) -> dict[str, str]:
        """Flag -> topic of what goes beside the frames."""
        return {"events": self.events, "status": self.status}

    def need_own_topics(self) -> None:
        """Raises SettingsError where two kinds of messages would go to one topic: their rights are not the same."""
        taken = {self.topic}
        for flag, topic in self.side_topics().items():
            if topic in taken and self.side(topic):
                raise SettingsError(f"--{flag} {topic}: expected a topic of its own, others go there")
            taken.add(topic)

    def sides(self) -> dict[type[Message], str | None]:
        """Where messages go that are no frames; None: nowhere."""
        events, status = self.side(self.events), self.side(self.status)
        return {Event: events, Status: status, Producer: status, Gone: status}

    def also_writes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(topic for topic in self.sides().values() if topic))

    def side(self, topic: str) -> str | None:
        """None: nowhere."""
        return None if self.topic == STREAM or topic in (NONE, STREAM) else topic
