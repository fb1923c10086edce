"""What rules.yaml may say of itself and of a rule; what a channel may say stands in its own class."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from libs.common.names import is_name
from libs.common.settings_checks import camera_globs, printable

WEEK_S = 7 * 86_400
RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,63}")
LABEL = re.compile(r"[^\x00-\x1f]{1,64}")
KIND = re.compile(r"[A-Za-z0-9_.*?!\[\]-]{1,64}")


class Entry(BaseModel):
    """A part of the file, before it is known whether its parts fit together."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class RuleEntry(Entry):
    """One of `rules:`. What it does not say it does not ask for. All that it says must be true for it to fire."""

    name: str = Field(description="its name, in messages and logs: letters, digits, spaces, _ . -; each name once")
    channels: tuple[str, ...] = Field(min_length=1, description="who is told: names of channels")
    kinds: tuple[str, ...] = Field(
        ("detection.started",), min_length=1, description='kinds of events, also with * ? and [abc]: "camera.*"'
    )
    cameras: tuple[str, ...] = Field((), min_length=1, description='only these, also with * ? and [abc]: "porch*"')
    alarm: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="only where the label is one of these, or one of these is its parent",
    )
    new_label: tuple[str, ...] | None = Field(
        None, description="only where the label is none of these and has none of them for a parent; []: any label"
    )
    zones: tuple[str, ...] = Field((), min_length=1, description="only where the label is in one of these zones")
    count: int = Field(1, ge=1, le=1000, description="only where the label was found at least so often")
    confidence: float = Field(0.0, ge=0, le=1, description="only where the surest of the label is at least so sure")
    active: tuple[str, ...] | None = Field(
        None,
        description='only then: "22:00-06:00", "Mon-Fri 18:00-06:00" (begins on Mon to Fri)',
    )
    timezone: str | None = Field(None, description="of `active`; else that of the file")
    cooldown: float = Field(
        60.0, ge=0, le=WEEK_S, description="seconds without another of the same camera, label and kind; 0: tell all"
    )
    urgent: bool = Field(False, description="also in quiet hours")
    picture: bool = Field(True, description="with the picture, where there is one that may be shown")
    boxes: bool = Field(False, description="draw what was found into the picture; needs Pillow")
    raw: bool = Field(False, description="also pictures in which nobody was covered: whoever is in them is shown")
    clip: bool = Field(False, description="complete the message with the recording, where the channel can")

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not RULE.fullmatch(name):
            raise ValueError("expected letters, digits, spaces, _ . -, the first a letter or digit, 64 at most")
        return name

    _cameras = field_validator("cameras")(camera_globs)

    @field_validator("kinds")
    @classmethod
    def _kinds(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        if (wrong := next((kind for kind in kinds if not KIND.fullmatch(kind)), None)) is not None:
            raise ValueError(f"expected kinds of events like detection.started or camera.*, not {wrong[:40]!r}")
        return kinds

    @field_validator("zones")
    @classmethod
    def _zones(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if (wrong := next((zone for zone in zones if not is_name(zone)), None)) is not None:
            raise ValueError(f"expected names of zones: letters, digits, _ . -, not {wrong[:40]!r}")
        return zones

    @field_validator("alarm", "new_label")
    @classmethod
    def _labels(cls, labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if labels and (wrong := next((each for each in labels if not LABEL.fullmatch(each)), None)) is not None:
            raise ValueError(f"expected labels of 1 to 64 signs, not {wrong[:40]!r}")
        return labels

    @model_validator(mode="after")
    def _one_mode(self) -> "RuleEntry":
        if self.alarm is not None and self.new_label is not None:
            raise ValueError("alarm and new_label: expected one of them: what is listed is told, or what is not")
        return self


class TextsEntry(Entry):
    """Templates for all channels that have none of their own."""

    subject: str | None = Field(None, description="template of the subject, one line")
    text: str | None = Field(None, description="template of the text")
    html: str | None = Field(None, description="template of the HTML")


class FileEntry(Entry):
    """The whole file."""

    MOST_RULES: ClassVar[int] = 1000
    MOST_CHANNELS: ClassVar[int] = 64

    timezone: str | None = Field(
        None, description="of all times in it and in texts, like Europe/Berlin; needed with `active` and `quiet`"
    )
    site: str = Field("", max_length=100, description="name of the place, in subjects")
    viewer: str = Field("", max_length=500, description="address of the viewer, for links: https://cams.example.org")
    texts: dict[str, Any] = Field({}, description="templates for all channels: subject, text, html")
    channels: dict[str, Any] = Field(
        min_length=1, max_length=MOST_CHANNELS, description="ways to people, by name, each with its type; 64 at most"
    )
    rules: tuple[dict[str, Any], ...] = Field(
        (), max_length=MOST_RULES, description="what somebody wants to be told, 1000 at most"
    )

    _site = field_validator("site")(printable)

    @field_validator("viewer")
    @classmethod
    def _viewer(cls, url: str) -> str:
        if url and not _is_page(url):
            raise ValueError("expected an address like https://cams.example.org, without a login")
        return url


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(
            re.fullmatch(r"https?://[!-~]+", url) and parts.hostname and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False
