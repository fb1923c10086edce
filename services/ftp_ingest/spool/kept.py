"""Pictures that the bus has, kept beside it: a folder for each camera."""

import os
from datetime import UTC, datetime
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.messages import Frame
from services.ftp_ingest.spool.disk import PARTIAL, make, sync, write

MOST_TRIES = 1000


class Kept:
    """`folder` may be on another disk than the spool. Everything raises OSError."""

    def __init__(self, folder: Path) -> None:
        make(folder)
        self._folder = folder

    def put(self, frame: Frame) -> Path:
        """On the disk, under a name that nothing had; the same picture again stays one file."""
        folder = self._folder / frame.camera
        make(folder)
        partial = folder / f"{PARTIAL}{frame.boot}-{frame.seq}"
        try:
            partial.unlink(missing_ok=True)
            write(partial, frame.image)
            path = _named(partial, folder, _stem(frame), frame.image)
            sync(folder)
            return path
        finally:
            partial.unlink(missing_ok=True)


def _stem(frame: Frame) -> str:
    """Sorts by time; the rest tells those of one moment apart."""
    at = datetime.fromtimestamp(frame.captured_at // 1_000_000_000, UTC)
    return f"{at:%Y%m%dT%H%M%S}.{frame.captured_at // 1_000_000 % 1000:03d}Z-{frame.boot}-{frame.seq}"


def _named(partial: Path, folder: Path, stem: str, jpeg: bytes) -> Path:
    """The name is taken first, by an empty file: a rename alone would take somebody's place."""
    for number in range(MOST_TRIES):
        path = folder / (f"{stem}-{number}.jpg" if number else f"{stem}.jpg")
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if path.read_bytes() == jpeg:
                return path
            if path.stat().st_size:
                continue
        partial.replace(path)
        return path
    raise FileExistsError(f"{folder}: no name is free")


def kept_of(folder: Path | None) -> Kept | None:
    """None: nothing is kept. Raises FatalError."""
    if folder is None:
        return None
    try:
        return Kept(folder)
    except OSError as error:
        raise FatalError(f"--keep {folder}: {error.strerror or error}") from None
