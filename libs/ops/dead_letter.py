"""A refused message as it lies in <topic>.dead, and which of them an operator means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Self, get_args

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.errors import PermanentError
from libs.common.messages import Camera, Message, Notice, Recording
from libs.ops.dead_text import when

SAID = ("reason", "error", "topic", "partition", "offset", "group", "service", "attempts", "sha256")
MAX_SAID_BYTES = 2048
_CAMERA = re.compile(get_args(Camera)[1].pattern)
_MAX_KEY_BYTES = 40
_MAX_UNDER_ID_BYTES = 256 << 10


@dataclass(frozen=True)
class Letter:
    """`said` is what its headers say, untrusted text; `value` is the refused message, None where it was put aside."""

    place: Place
    offset: int
    at_ms: int
    key: bytes | None
    said: Mapping[str, str]
    size_bytes: int
    value: bytes | None

    @classmethod
    def of(cls, record: Record) -> Self:
        """A record of <topic>.dead; whoever wrote it may have left out any header."""
        said = {name: data[:MAX_SAID_BYTES].decode(errors="replace") for name, data in record.headers if name in SAID}
        value = record.value or b""
        return cls(record.place, record.offset, record.timestamp_ms, record.key, said, len(value), value)

    def without_value(self) -> "Letter":
        """The same, small enough to be kept."""
        return replace(self, value=None)

    @property
    def reason(self) -> str:
        return self.said.get("reason", "(not said)")

    @property
    def service(self) -> str:
        return self.said.get("service", "(not said)")

    @property
    def has_no_value(self) -> bool:
        """True if the message was too large to be kept, or could not even be read."""
        return not self.size_bytes

    @property
    def camera(self) -> str | None:
        """Whom the message is about, where its key is an id; else the key, where it is a camera's name."""
        message = _read(self.value or b"")
        return message.camera if isinstance(message, Notice | Recording) else self._name

    @property
    def shown_key(self) -> str:
        """The camera's name; anything else as a shortened literal, which no camera's name looks like."""
        if self._name is not None or self.key is None:
            return self._name or "none"
        rest = f" and {len(self.key) - _MAX_KEY_BYTES} bytes more" if len(self.key) > _MAX_KEY_BYTES else ""
        return f"{self.key[:_MAX_KEY_BYTES]!r}{rest}"

    @property
    def _name(self) -> str | None:
        key = (self.key or b"").decode(errors="replace")
        return key if _CAMERA.match(key) else None


def _read(value: bytes) -> Message | None:
    """What is larger is a frame, whose key says all."""
    try:
        return codec.decode(value) if 0 < len(value) <= _MAX_UNDER_ID_BYTES else None
    except PermanentError:
        return None


@dataclass(frozen=True)
class Choice:
    """The letters that an operator means; times in UTC ms, `until_ms` is the first moment after them."""

    reasons: tuple[str, ...] = ()
    group: str | None = None
    cameras: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None

    def takes(self, letter: Letter) -> bool:
        """True if it is one of them."""
        return (
            (not self.reasons or letter.reason in self.reasons)
            and (self.group is None or letter.said.get("group") == self.group)
            and (not self.cameras or any(fnmatchcase(letter.camera or "", glob) for glob in self.cameras))
            and (self.since_ms is None or letter.at_ms >= self.since_ms)
            and (self.until_ms is None or letter.at_ms < self.until_ms)
        )

    def __str__(self) -> str:
        """Behind the number of letters, for people; empty if all are meant."""
        parts = [
            f"reason {' or '.join(self.reasons)}" if self.reasons else "",
            f"group {self.group}" if self.group else "",
            f"camera {' or '.join(self.cameras)}" if self.cameras else "",
            f"since {when(self.since_ms)}" if self.since_ms is not None else "",
            f"until {when(self.until_ms)}" if self.until_ms is not None else "",
        ]
        said = ", ".join(part for part in parts if part)
        return f" ({said})" if said else ""
