"""What is to be watched, and what happens to the files."""

from dataclasses import dataclass
from pathlib import Path

from services.ftp_ingest.watch.folders import Folder


@dataclass(frozen=True)
class Plan:
    """`poll_s`: look so often instead of being told by the kernel. `after`: keep, delete or move."""

    folders: tuple[Folder, ...]
    without: tuple[Path, ...] = ()
    """Folders that are nobody's, also where they lie in watched ones: the spool, what was moved."""
    poll_s: float | None = None
    after: str = "keep"
    move_to: Path | None = None
    existing: bool = False
    max_file_bytes: int = 64 << 20
