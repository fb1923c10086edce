"""One picture in the spool: what its file is called, and what is in it."""

import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from libs.common import codec
from libs.common.errors import PermanentError
from libs.common.messages import Frame
from libs.common.names import NAME
from services.ftp_ingest.inbox import Origin

_FORM = re.compile(rf"([0-9]{{20}})-([0-9a-f]{{8}})-([0-9]{{1,18}})-({NAME})\.(frame|watched|sent)")
DAMAGED = "damaged"
FRAME, WATCHED, SENT = "frame", "watched", "sent"
"""Kinds of files: from FTP, from a watched folder, and what the bus has taken but --keep could not yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`stamp`: when it was written (UTC ns), later than that of any before it; `origin`: of a watched file."""

    stamp: int
    camera: str
    boot: str
    seq: int
    size_bytes: int
    origin: Origin | None = None
    kind: str = FRAME

    @property
    def frame_id(self) -> str:
        return f"{self.camera}/{self.boot}/{self.seq}"

    @property
    def file(self) -> str:
        """Its name in the folder: names sort like stamps."""
        return f"{self.stamp:020d}-{self.boot}-{self.seq}-{self.camera}.{self.kind}"

    @property
    def sent(self) -> bool:
        return self.kind == SENT


def damaged(why: str) -> PermanentError:
    """For a file that is not what it was."""
    return PermanentError(why, DAMAGED)


def parsed(name: str) -> tuple[int, str, int, str, str] | None:
    """Stamp, boot, seq, camera and kind of a file's name; None for what is none of ours."""
    found = _FORM.fullmatch(name)
    return (int(found[1]), found[2], int(found[3]), found[4], found[5]) if found else None


def packed(frame: Frame, origin: Origin | None) -> bytes:
    """A line of JSON, and behind it the message as it goes to the bus."""
    message = codec.encode(frame)
    head: dict[str, object] = {"crc32": zlib.crc32(message)}
    if origin is not None:
        head["origin"] = [str(origin.path), origin.mtime_ns, origin.size_bytes]
    return json.dumps(head).encode() + b"\n" + message


def unpacked(data: bytes) -> tuple[Frame, Origin | None]:
    """The same back; raises PermanentError("damaged") for what is not as it was written."""
    line, _, message = data.partition(b"\n")
    try:
        head = json.loads(line)
        if head["crc32"] != zlib.crc32(message):
            raise ValueError("another checksum")
        origin = _origin(head)
        frame = codec.decode(message)
    except (ValueError, TypeError, LookupError, PermanentError) as error:
        raise damaged(f"not as it was written ({type(error).__name__})") from None
    if not isinstance(frame, Frame):
        raise damaged("no frame")
    return frame, origin


def origin_in(line: bytes) -> Origin | None:
    """Of a file's first line; None where it has none, or is damaged."""
    try:
        return _origin(json.loads(line))
    except (ValueError, TypeError, LookupError):
        return None


def _origin(head: dict[str, list[str | int]]) -> Origin | None:
    if "origin" not in head:
        return None
    path, mtime_ns, size_bytes = head["origin"]
    return Origin(Path(str(path)), int(mtime_ns), int(size_bytes))
