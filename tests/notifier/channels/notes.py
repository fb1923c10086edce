"""A note, and what a channel is opened with, for tests of channels."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from libs.common.clock import Clock, SystemClock
from libs.common.messages import Message, Status
from services.notifier.channels.channel import Note
from services.notifier.channels.settings import Tools

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(64)) + b"\xff\xd9"

PLAIN = Note(
    id="0123456789abcdef0123456789abcdef",
    event="e1",
    camera="porch",
    kind="detection.started",
    rule="somebody",
    at=1_700_000_000_123_456_789,
    local_time="14 Nov 2023, 23:13:20",
    subject="porch: person",
    text="A person (91 %) at porch, 14 Nov 2023, 23:13:20.",
    html="<p>A person</p>",
    label="person",
    labels={"person": 0.91, "dog": None},
    counts={"person": 1},
    zones=("drive",),
    links={"viewer": "https://cams.example.org/porch"},
)


def note(**fields: Any) -> Note:
    return replace(PLAIN, **fields)


def tools(folder: Path, clock: Clock | None = None) -> Tools:
    """For a channel that needs nothing of the bus."""

    def publish(topic: str, message: Message) -> None:
        raise AssertionError(f"nothing is published to {topic}")

    def order(camera: str, paused: bool) -> None:
        raise AssertionError(f"nothing is ordered of {camera}")

    def statuses() -> Mapping[str, Status]:
        return {}

    return Tools("phone", "test", folder, clock or SystemClock(), publish, order, statuses)
