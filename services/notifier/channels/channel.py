"""What every channel is: something that takes a note to somebody, and says whether it was taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from libs.common.errors import TemporaryError
from services.notifier.happening import Happening


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished recording: `path` where this process can read it, `url` where somebody else can."""

    path: Path | None
    url: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said, ready to be sent; text is plain Unicode. A channel escapes what its own form needs.

    `id` is deterministic (of the event and the channel): a receiver knows by it what it has already.
    `at`: UTC ns. `jpeg`: may be shown to whom the channel tells it. `marked`: a self-test.
    """

    id: str
    event: str
    camera: str
    kind: str
    rule: str
    at: int
    local_time: str
    subject: str
    text: str
    html: str
    label: str | None = None
    labels: Mapping[str, float | None] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    zones: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """`viewer`, `recording` -> URL."""
    jpeg: bytes | None = None
    clip: Clip | None = None
    summary_of: int = 0
    """So many happenings are told in this one; 0: it is none."""
    marked: bool = False
    begun: str = ""
    """What an earlier attempt, perhaps of another process, has left in a PartlySentError; empty: nobody has it."""


class PartlySentError(TemporaryError):
    """Some of those whom the channel writes to have the note. `handle`, printable, says who: the next attempt gets it
    in `begun`.
    """

    def __init__(self, text: str, delay_s: float, handle: str) -> None:
        super().__init__(text, delay_s)
        self.handle = handle


class Channel(Protocol):
    """One thread calls it, one note after the other. Every call ends within `LONGEST_S`."""

    def send(self, note: Note) -> str:
        """Returns when it was accepted: what the channel calls it, empty if it has no name for it.

        Raises TemporaryError (worth trying again, after its delay) or PermanentError (never); no text of either holds
        a secret.
        """

    def close(self) -> None:
        """Never raises."""


class Editing(Protocol):
    """A channel that can complete what it has said (settings: `can_edit`)."""

    def edit(self, handle: str, note: Note) -> str:
        """Add a picture or a clip to what was sent under this handle; returns the new handle. Raises as `send`."""


class Watching(Protocol):
    """A channel that also shows how things are, beside what it tells (settings: `watches`)."""

    def observe(self, happening: Happening) -> None:
        """Of every happening, whatever the rules say; called from another thread, never blocks, never raises."""


LONGEST_S = 25.0
"""Whoever claims a note is believed dead after more than this."""
