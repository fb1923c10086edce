"""A folder of pictures, played like a film."""

import logging
import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from av.video.frame import VideoFrame

from libs.common.errors import PermanentError
from libs.common.jpeg_header import read_header
from services.producer.plan import Plan
from services.producer.sources import still_images
from services.producer.sources.shots import Shot, Shots, SourceError, Wants
from services.producer.sources.snapshot import STILL_S, period_s
from services.producer.sources.urls import Source

log = logging.getLogger(__name__)

NAMES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
MOST_BYTES = 128 << 20
"""Of one file: the largest picture that is taken, uncompressed, with room to spare."""


@contextmanager
def open_folder(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
    """Raises SourceError where no picture of it can be read."""
    with closing(_shots(source.label, _files(Path(source.target)), period_s(plan), wants)) as shots:
        yield shots


def _shots(label: str, files: list[Path], every_s: float, wants: Wants) -> Generator[Shot, None, None]:
    read = left_out = 0
    for path in files:
        picture = _picture(path)
        if picture is None:
            left_out += 1
            continue
        media_s = read * every_s
        read += 1
        yield Shot(media_s, picture if wants(media_s) else None, still=every_s >= STILL_S)
    if left_out:
        log.warning("%s: %d of %d pictures left out: damaged, cut off or too large", label, left_out, len(files))
    if not read:
        raise SourceError(f"{label}: no picture in it; expected JPEG, PNG, BMP or WebP", "no video")


def _files(folder: Path) -> list[Path]:
    """Those in it, not below it, as a person counts: 2 before 10. Links that lead out of it are no part of it."""
    try:
        inside = folder.resolve()
        found = [path for path in folder.iterdir() if path.suffix.lower() in NAMES]
        return sorted((path for path in found if path.is_file() and inside in path.resolve().parents), key=_natural)
    except OSError as error:
        raise SourceError(f"{folder}: {error.strerror}", "read error") from None


def _natural(path: Path) -> tuple[tuple[str | int, ...], str]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), path.name


def _picture(path: Path) -> VideoFrame | bytes | None:
    """None where it cannot be read whole. What it is its bytes say, not its name."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        data = path.read_bytes()
        if still_images.is_decodable(data):
            return still_images.decode(data)
        read_header(data)
    except (OSError, PermanentError):
        return None
    return data
