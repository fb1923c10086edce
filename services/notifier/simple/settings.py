"""The notifier's flags for the simple case: one rule, a few addresses, no file."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr

from libs.common.flags import Flag, Texts, Words

WEEK_S = 7 * 86_400


class SimpleFlags(BaseModel):
    """A part of the notifier's settings; none of it goes with --rules."""

    to: Annotated[SecretStr | None, Flag(hidden=True)] = None
    """Addresses with blanks between them, from the environment: they hold passwords."""
    to_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None,
        description="without --rules: who is told, an address in each line (or in FRAMEBUS_TO): "
        "smtps://user:password@host/?from=a@b&to=c@d, tg://token@chat, https://webhook#whsec_key, mqtts://host, "
        "kafka:TOPIC, or one of apprise's",
    )
    alarm: Annotated[Words, Flag(metavar="LABEL")] = Field(
        (), description="of what they are told: these labels; without --alarm and --new-label: of every label"
    )
    new_label: Annotated[Words, Flag(metavar="LABEL")] = Field(
        (), description="of every label but these, and but those that have one of these for a parent"
    )
    cooldown: Annotated[float, Flag(metavar="SECONDS")] = Field(
        60, ge=0, le=WEEK_S, description="not again of the same camera and label within so long"
    )
    active: Annotated[Texts, Flag(metavar="HOURS")] = Field(
        (), description='only then, like "22:00-06:00" or "Mon-Fri 18:00-06:00"; needs --timezone'
    )
    timezone: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None, description="of --active and of times in messages, like Europe/Berlin; else UTC"
    )
    viewer_url: Annotated[str | None, Flag(metavar="URL")] = Field(
        None, description="address of the viewer, for a link in messages"
    )
    raw: Annotated[bool, Flag()] = Field(
        False, description="send raw pictures too, in which nobody was covered: whoever is in them is shown"
    )

    def simple(self) -> list[str]:
        """Those that were given, as they are written."""
        names = [name for name, field in SimpleFlags.model_fields.items() if getattr(self, name) != field.default]
        return ["FRAMEBUS_TO" if name == "to" else f"--{name.replace('_', '-')}" for name in names]
