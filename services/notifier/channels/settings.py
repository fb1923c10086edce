"""What every channel's part of rules.yaml may say, and what a channel is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from libs.common.clock import Clock
from libs.common.messages import Message, Status
from services.notifier.channels.channel import Channel


@dataclass(frozen=True)
class Tools:
    """What a channel may use of its surroundings. `name`: its own in rules.yaml; `folder`: where relative paths start.

    `publish` writes a message to a topic of the bus and returns when it is there (raises TemporaryError, or
    PermanentError); `order` has the alerts of a camera paused (True) or resumed; `statuses`: the newest of each camera.
    """

    name: str
    instance: str
    folder: Path
    clock: Clock
    publish: Callable[[str, Message], None]
    order: Callable[[str, bool], None]
    statuses: Callable[[], Mapping[str, Status]]


class ChannelSettings(BaseModel):
    """One entry of `channels:`. A channel's own class adds `type` and its fields, and opens it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    can_edit: ClassVar[bool] = False
    """It is an `Editing` too: what there is is said at once, and completed with a picture or a clip later."""
    watches: ClassVar[bool] = False
    """It is a `Watching` too."""

    limit: int = Field(10, ge=1, le=1000, description="at most so many messages ...")
    per: float = Field(60.0, gt=0, le=86_400, description="... in so many seconds; what is more goes into a summary")
    quiet: tuple[str, ...] = Field((), description="hours without messages, like 22:00-06:00; one summary at their end")
    timezone: str | None = Field(None, description="of `quiet` and of times in texts; else that of the file")
    picture: bool = Field(True, description="send the picture, where there is one that may be shown")
    subject: str | None = Field(None, description="template of the subject, one line")
    text: str | None = Field(None, description="template of the text")
    _files: str = PrivateAttr("")

    def with_files(self, stamp: str) -> Self:
        """The same, equal only to those whose files have this stamp, too: with another secret it is opened anew."""
        found = self.model_copy()
        found._files = stamp
        return found

    def open(self, tools: Tools) -> Channel:
        """Make the channel; nothing is connected yet. Raises SettingsError where a file cannot be read."""
        raise NotImplementedError

    def secrets(self) -> tuple[str, ...]:
        """The names of its fields that are secret: each has a twin with `_file` behind its name."""
        return ()

    def writes(self) -> tuple[str, ...]:
        """Topics of the bus that it writes to."""
        return ()
