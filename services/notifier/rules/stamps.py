"""Whether files are still those that were read: by what the file system says of them, not by what is in them."""

import os
from collections.abc import Iterable
from pathlib import Path

from services.notifier.channels.settings import ChannelSettings


def stamp(paths: Iterable[Path]) -> str:
    """Another text whenever one of them is written, replaced, taken away, or reached by another link."""
    return " ".join(map(_of_one, paths))


def files_of(settings: ChannelSettings, folder: Path) -> tuple[Path, ...]:
    """The files that a channel names; relative paths begin at `folder`."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return tuple(folder / value for value in values if isinstance(value, Path))


def _of_one(path: Path) -> str:
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        return type(error).__name__
    return f"{found.st_dev}:{found.st_ino}:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}"
