"""The flags of framebus status."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from libs.common.flags import Flag, Words
from libs.common.settings import KafkaFlags, command_variables
from libs.common.settings_checks import camera_globs, topic_name


class Settings(KafkaFlags):
    """Flags of the command."""

    model_config = command_variables("status")

    cameras: Annotated[Words, Flag(positional=True, metavar="CAMERA")] = Field(
        (), description="only these; also with * ? and [abc]"
    )
    input: Annotated[str, Flag("-i", "TOPIC")] = Field("cameras", description="topic of the producers' --status")
    json_: Annotated[bool, Flag("--json")] = Field(
        False, validation_alias="FRAMEBUS_STATUS_JSON", description="one object for programs, with everything known"
    )
    strict: Annotated[bool, Flag()] = Field(
        False, description="status 1 if one of them is disconnected or unknown, or is not there at all"
    )
    forget: Annotated[bool, Flag()] = Field(
        False, description="take out the states of these cameras, where no producer has them; needs the right to WRITE"
    )

    _globs = field_validator("cameras")(camera_globs)

    @field_validator("input")
    @classmethod
    def _is_a_topic(cls, name: str) -> str:
        if topic_name(name) == "-":
            raise ValueError("expected a topic: a stream has no states")
        return name

    @model_validator(mode="after")
    def _forgets_what_is_named(self) -> Self:
        if self.forget and not self.cameras:
            raise ValueError("--forget: expected the names of cameras with it")
        return self
