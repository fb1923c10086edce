"""Refused messages as files: only for their owner, and with their class in the name."""

import os
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.topics import topic_named
from libs.ops.dead_letter import Letter


def save(letter: Letter, folder: Path) -> str:
    """Write the value into the folder, and say so; a file that is there already stays. Raises FatalError."""
    if not letter.value:
        return "nothing to save: there is no value"
    place = letter.place
    path = folder / f"{topic_named(place.topic).kind}-{place.topic}-{place.partition}-{letter.offset}.msgpack"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not through a link that somebody laid there, not into a file that others have open.
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return f"{path} is there already, left as it is"
    except OSError as error:
        raise FatalError(f"--save {path}: {error.strerror}") from None
    try:
        with os.fdopen(number, "wb") as file:
            file.write(letter.value)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FatalError(f"--save {path}: {error.strerror}") from None
    return f"saved as {path}"
