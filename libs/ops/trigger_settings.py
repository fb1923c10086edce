"""The flags of framebus trigger."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from libs.common.flags import Flag, Words
from libs.common.messages import Event, Frame
from libs.common.names import is_name
from libs.common.settings import KafkaFlags, command_variables
from libs.common.settings_checks import camera_globs, topic_name

ONLY = {"frames": ("burst",), "seconds": ("burst",), "what": ("pause", "resume")}
"""Setting -> the actions that take it along."""

PICTURES = ("snapshot", "burst")


def is_pattern(name: str) -> bool:
    """Whether it means cameras by what their names look like."""
    return any(sign in name for sign in "*?[")


class Settings(KafkaFlags):
    """Flags of the command."""

    model_config = command_variables("trigger")

    names: Annotated[Words, Flag(positional=True, metavar="CAMERA")] = Field(
        (), description="one or more; with * ? [ those on the topic of cameras that it means"
    )
    action: Annotated[Literal["snapshot", "burst", "mark", "pause", "resume"], Flag()] = Field(
        "snapshot",
        description="snapshot: a picture now; burst: several; mark: an event; pause, resume: see --what",
    )
    frames: Annotated[int, Flag(metavar="N")] = Field(10, ge=1, le=600, description="so many pictures, of a burst")
    seconds: Annotated[float, Flag()] = Field(10, ge=0, le=600, description="a burst is spread over so many seconds")
    what: Annotated[Literal["alerts", "detection", "all"], Flag()] = Field(
        "all",
        description="pause and resume: alerts: nobody is told; detection: nobody looks, and the redactor shows nothing",
    )
    topic: Annotated[str, Flag("-t", "TOPIC")] = Field("control", description="topic of commands")
    status: Annotated[str, Flag(metavar="TOPIC")] = Field(
        "cameras", description="topic of the cameras' states, to know which there are; none: do not look"
    )
    wait: Annotated[float, Flag(metavar="SECONDS")] = Field(
        0, ge=0, le=3600, description="wait so long for what it led to and print it: a picture's id, or an event's kind"
    )
    answers: Annotated[str | None, Flag(metavar="TOPIC")] = Field(
        None, description="with --wait: where to look for it (frames.source for pictures, events for the rest)"
    )

    _globs = field_validator("names")(camera_globs)

    @field_validator("names")
    @classmethod
    def _are_cameras(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not is_pattern(name) and not is_name(name):
                raise ValueError(f"no camera has the name {name[:80]!r}")
        return names

    @field_validator("topic", "status", "answers")
    @classmethod
    def _is_a_topic(cls, name: str | None) -> str | None:
        return name if name is None else topic_name(name)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.action not in ONLY["what"] and self.what != type(self).model_fields["what"].default:
            raise ValueError(f"--what: it is for pause and resume, not for {self.action}")
        if self.answers is not None and not self.wait:
            raise ValueError("--answers: expected --wait with it")
        return self

    def params(self) -> dict[str, object]:
        """What the message says beside the action."""
        return {name: getattr(self, name) for name, actions in ONLY.items() if self.action in actions}

    def answer(self) -> tuple[str, type[Frame | Event]]:
        """Where what it leads to comes, and what that is."""
        if self.action in PICTURES:
            return self.answers or "frames.source", Frame
        return self.answers or "events", Event

    def count(self) -> int:
        """How many answers each camera gives."""
        return self.frames if self.action == "burst" else 1
