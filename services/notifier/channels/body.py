"""What a request carries: bytes of a known length, in pieces, so that a video need not be in memory."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PIECE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    """A part of a form: `kind` is its Content-Type; what is on disk is read while it is sent."""

    name: str
    kind: str
    content: bytes | Path
    size_bytes: int

    def pieces(self) -> Iterator[bytes]:
        """Exactly `size_bytes` of them. Raises OSError where the file became shorter, or cannot be read any more."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        left = self.size_bytes
        with self.content.open("rb") as file:
            while left:
                piece = file.read(min(PIECE_BYTES, left))
                if not piece:
                    raise OSError(f"expected {left} bytes more")
                left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True)
class Body:
    """`kind` is the Content-Type, `head` comes before the file, `tail` behind it."""

    kind: str
    head: bytes
    file: File | None = None
    tail: bytes = b""

    def __len__(self) -> int:
        return len(self.head) + (self.file.size_bytes if self.file else 0) + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        if self.file:
            yield from self.file.pieces()
            yield self.tail


def as_json(value: Mapping[str, Any]) -> Body:
    """Compact, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Body("application/json", text.encode(errors="replace"))


def as_form(fields: Mapping[str, str], field: str, file: File) -> Body:
    """multipart/form-data (RFC 7578) with one file, under the name `field`; all names are our own, and plain."""
    boundary = secrets.token_hex(16)
    head = "".join(f"{_part(boundary, name)}\r\n\r\n{value}\r\n" for name, value in fields.items())
    head += f'{_part(boundary, field)}; filename="{file.name}"\r\nContent-Type: {file.kind}\r\n\r\n'
    kind = f"multipart/form-data; boundary={boundary}"
    return Body(kind, head.encode(errors="replace"), file, f"\r\n--{boundary}--\r\n".encode())


def _part(boundary: str, name: str) -> str:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
