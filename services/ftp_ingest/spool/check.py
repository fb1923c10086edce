"""What --check says of the spool."""

import os
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.lock import Lock
from services.ftp_ingest.pictures import pillow
from services.ftp_ingest.spool.claim import LOCK, expect_own
from services.ftp_ingest.spool.limits import MIB
from services.ftp_ingest.spool.scan import scan
from services.ftp_ingest.spool_settings import SpoolSettings


def check_spool(settings: SpoolSettings) -> list[str]:
    """Nothing is made, nobody is disturbed. Raises FatalError where it cannot be written."""
    folders = [("spool", settings.spool_path)]
    if settings.keep_path is not None:
        folders.append(("keep", settings.keep_path))
    lines = [_line(flag, path, settings.min_free * MIB) for flag, path in folders]
    return [*lines, f"spool {settings.spool_path}: {_count(settings.spool_path)} pictures wait in it", _pictures()]


def is_in_use(path: Path) -> bool:
    """Whether a process has it now."""
    if not (path / LOCK).is_file():
        return False
    try:
        Lock(path / LOCK).close()
    except (FatalError, OSError):
        return True
    return False


def _line(flag: str, path: Path, floor_bytes: int) -> str:
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise FatalError(f"--{flag} {path}: expected a folder that can be written, {there} cannot")
    found = os.statvfs(there)
    free_bytes = found.f_bavail * found.f_frsize
    if flag == "spool" and free_bytes <= floor_bytes:
        raise FatalError(f"--spool {path}: {free_bytes / MIB:.0f} MiB are free, --min-free is {floor_bytes // MIB}")
    return f"{flag} {path}: can be written, {free_bytes / MIB:.0f} MiB free"


def _count(path: Path) -> int:
    try:
        expect_own(path)
        return len(scan(path)) if path.is_dir() else 0
    except OSError as error:
        raise FatalError(f"--spool {path}: {error.strerror}") from None


def _pictures() -> str:
    if pillow.is_there():
        return "pictures: JPEG and PNG, turned upright and made smaller where they have to be"
    return "pictures: upright JPEG of at most 2 MiB; for others pip install 'framebus[png]'"
