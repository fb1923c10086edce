"""What the bus has acknowledged, on disk: the frames that a checker may ask for, whoever was killed meanwhile."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from libs.common.messages import Frame


class Ledger:
    """Appended to by one process: `camera/boot/seq captured_at` per line. A frame counts from the `sync` after it on.

    What a killed process wrote stays; its torn last line is taken away before the first new one.
    """

    def __init__(self, path: Path) -> None:
        whole = _whole_lines(path)
        self._file = path.open("ab")
        self._file.truncate(len(whole))

    def note(self, frame: Frame) -> None:
        """This frame was acknowledged."""
        self._file.write(f"{frame.frame_id} {frame.captured_at}\n".encode())

    def sync(self) -> None:
        """All that was noted lies on the disk when this returns."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.sync()
        self._file.close()


def read_ledger(path: Path) -> dict[str, int]:
    """frame_id -> captured_at (UTC ns) of every acknowledged frame, in that order; also while it is written."""
    lines = _whole_lines(path).decode().splitlines()
    return {frame_id: int(captured_at) for frame_id, captured_at in (line.split(" ") for line in lines)}


def _whole_lines(path: Path) -> bytes:
    """Nothing if there is no file; a last line without its end was being written when the writer died."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]
