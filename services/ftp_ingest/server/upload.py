"""A file while it comes in: on the disk, without a name, gone by itself if this process dies."""

import tempfile
from contextlib import suppress
from pathlib import Path


class TooLargeError(Exception):
    """More came than may."""


class Upload:
    """`name`: as the client called it, with its folders; it is no name on the disk."""

    def __init__(self, camera: str, name: str, folder: Path, max_bytes: int) -> None:
        """Raises OSError."""
        self.camera, self.name = camera, name
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives until `close`
        self._left = max_bytes

    def write(self, chunk: bytes) -> None:
        """Raises TooLargeError, or OSError where the disk is full."""
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLargeError
        self.file.write(chunk)

    def rewind(self) -> None:
        """All of it can be read from now on."""
        self.file.seek(0)

    @property
    def closed(self) -> bool:
        return self.file.closed

    def close(self) -> None:
        """It is gone, also where what was not written yet has no room."""
        with suppress(OSError):
            self.file.close()
