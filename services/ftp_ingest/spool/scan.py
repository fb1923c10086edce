"""What the last process left in the spool."""

import logging
from pathlib import Path

from services.ftp_ingest.spool.entries import SENT, WATCHED, Entry, origin_in, parsed

log = logging.getLogger(__name__)

FIRST_LINE_BYTES = 32 << 10
"""Each byte of a path takes six in JSON where it is no text, and a path may have 4096."""


def scan(folder: Path) -> list[Entry]:
    """Oldest first. Only files of watched folders are opened. Raises OSError."""
    found = [entry for path in folder.iterdir() if (entry := _entry(path)) is not None]
    return sorted(found, key=lambda entry: entry.stamp)


def _entry(path: Path) -> Entry | None:
    known = parsed(path.name)
    if known is None or not path.is_file():
        return None
    stamp, boot, seq, camera, kind = known
    origin = origin_in(_first_line(path)) if kind in (WATCHED, SENT) else None
    return Entry(stamp, camera, boot, seq, path.stat().st_size, origin, kind)


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(FIRST_LINE_BYTES)
